// Rows by the page, filtered and searched by the studio.

import { NONE, VerdictTag, asked, placeName, rowLink, rowsLink } from "./corpora_parts.js";
import { remember } from "./corpora_list.js";
import { Empty, Failure, Filters, Pager, Spinner, Tag, count, go, html, useFetch, useKeys } from "./parts.js";
import { useEffect, useRef } from "preact/hooks";

const SIZE = 25;
const FIELDS = ["reason", "verdict", "source", "licence", "language", "form", "method", "split", "model"];

export default function Rows({ run, base, overview, query }) {
  const box = useRef();
  const place = query.place || overview.places[0]?.name;
  const start = Number(query.start) || 0;
  const there = useFetch(place ? asked(`${base}/values`, { place }) : null);
  const filters = Object.fromEntries(FIELDS.filter((name) => query[name]).map((name) => [name, query[name] === NONE ? "" : query[name]]));
  const { text, problem } = query;
  const path = place ? asked(`${base}/rows`, { place, ...filters, text: text || null, problem: problem || null, start, size: SIZE }) : null;
  const { data, error, loading, reload } = useFetch(path);
  const to = (change) => go(rowsLink(run, { ...query, start: "", ...change }), { replace: "text" in change });
  const turn = (offset) => {
    to({ start: offset || "" });
    scrollTo(0, 0);
  };
  const step = (by) => {
    const links = [...box.current.querySelectorAll(".row-link")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  };
  const total = data?.total ?? 0;
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    n: () => start + SIZE < total && turn(start + SIZE),
    p: () => start > 0 && turn(Math.max(0, start - SIZE)),
    r: ["any page", () => total > SIZE && turn(SIZE * Math.floor((Math.random() * total) / SIZE))],
  });
  useEffect(() => data && remember(run, data, location.hash), [data]);
  if (!place) return html`<${Empty} title="No rows yet">The first stage is not done.<//>`;
  const values = there.data ?? {};
  const fields = [
    { name: "place", label: "Rows of", kind: "choice", any: placeName(overview.places[0].name), options: overview.places.slice(1).map(({ name, rows }) => ({ value: name, label: placeName(name), count: rows ?? undefined })) },
    ...FIELDS.filter((name) => values[name]?.length > 1 || query[name]).map((name) => ({
      name,
      label: name,
      kind: "choice",
      options: [
        ...(values[name] ?? []).map(([value, many]) => ({ value: value || NONE, label: value || "not stated", count: many })),
        // A reason may be asked for in full, which no list has.
        ...(query[name] && !(values[name] ?? []).some(([value]) => (value || NONE) === query[name]) ? [{ value: query[name], label: query[name] }] : []),
      ],
    })),
    { name: "text", label: "Search", kind: "search", placeholder: run.kind === "corpus" ? "text, title, address or id" : "question, answer, problem or id" },
  ];
  const changed = (next) => {
    const change = Object.fromEntries(Object.entries(next).filter(([name, value]) => value !== (query[name] ?? "")));
    // Another place has other values.
    to("place" in change ? { ...Object.fromEntries(FIELDS.map((name) => [name, ""])), ...change } : change);
  };
  return html`
    <${Filters} label="Filters of rows" fields=${fields} values=${query} onChange=${changed} />
    ${problem && html`<p class="facts"><span>rows of the problem <code>${problem}</code></span> <a href=${rowsLink(run, { ...query, problem: "", start: "" })}>all rows</a></p>`}
    ${error && html`<${Failure} error=${error} retry=${reload} />`}
    ${!data && !error && html`<${Spinner} />`}
    ${data &&
    html`<div class=${loading ? "loading" : ""} aria-busy=${loading}>
      <${Pager} offset=${start} limit=${SIZE} total=${total} onOffset=${turn} />
      ${!total && html`<${Empty} title="No row passes these filters"><a href=${rowsLink(run, { place: query.place })}>Without filters</a><//>`}
      <ul class="rows" ref=${box}>${data.rows.map((row) => html`<${Item} key=${`${row.stage}/${row.id}`} run=${run} place=${place} row=${row} />`)}</ul>
      ${total > SIZE && html`<${Pager} offset=${start} limit=${SIZE} total=${total} onOffset=${turn} />`}
    </div>`}
  `;
}

function Item({ run, place, row }) {
  const where = place === "dropped" ? `dropped:${row.stage}` : place;
  const start = (row.start ?? "").replace(/\s+/g, " ").trim();
  const facts = [place === "dropped" && row.stage, row.source, row.form ?? row.method, row.split === "validation" && row.split, row.licence || "no licence stated", row.tokens !== null && row.tokens !== undefined && `${count(row.tokens)} tokens`];
  return html`<li>
    <a class="row-link" href=${rowLink(run, row.id, where)}>
      ${row.title && html`<b>${row.title}</b>`}
      <span class="row-start">${start || "no text"}</span>
    </a>
    ${row.drop_reason && html`<p class="row-reason">${row.drop_reason}</p>`}
    <p class="facts dim">
      ${Object.entries(row.verdicts ?? {}).map(([verdict, many]) => html`<${VerdictTag} verdict=${verdict} many=${many} />`)}
      ${row.answer && html`<${Tag}>answer ${row.answer.slice(0, 60)}<//>`}
      ${facts.filter(Boolean).map((fact) => html`<span>${fact}</span>`)}
      <code>${row.id.slice(0, 80)}</code>
    </p>
  </li>`;
}
