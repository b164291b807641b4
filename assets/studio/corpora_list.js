// The list that was seen last, so that a row that is read has neighbours and a way back.

let last = null;

// Keeps what was answered for a page of rows, and the address it was seen at.
export function remember(run, { place, rows }, address) {
  last = { name: run.name, address, rows: rows.map((row) => ({ id: row.id, place: place === "dropped" ? `dropped:${row.stage}` : place })) };
}

// {back, before, after, at, of} of a row; rows are {id, place}, null where there is none.
export function around(run, id, place) {
  const at = last?.name === run.name ? last.rows.findIndex((row) => row.id === id && row.place === place) : -1;
  if (at < 0) return { back: null, before: null, after: null };
  return { back: last.address, before: last.rows[at - 1] ?? null, after: last.rows[at + 1] ?? null, at, of: last.rows.length };
}
