// Items of benchmarks: what was looked for, what was found and where.

import { asked, rowLink } from "./corpora_parts.js";
import { Details, Empty, Failure, Filters, Pager, Spinner, Stat, Stats, Table, count, go, html, percent, runLink, useFetch } from "./parts.js";

const SIZE = 20;

export default function Evidence({ run, base, query }) {
  const start = Number(query.start) || 0;
  const { data, error, reload } = useFetch(asked(`${base}/evidence`, { benchmark: query.benchmark || null, start, size: SIZE }));
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} />`;
  const to = (change) => go(runLink(run, ["benchmarks"], { ...query, start: "", ...change }));
  const sought = Object.values(data.looked_for).reduce((sum, many) => sum + many, 0);
  const names = [...new Set([...Object.keys(data.benchmarks), ...Object.keys(data.looked_for)])];
  return html`
    <${Stats}>
      ${sought > 0 && html`<${Stat} label="items looked for" value=${count(sought)} />`}
      <${Stat} label="items found" value=${count(data.items)} />
      <${Stat} label="rows they are in" value=${count(data.rows)} />
      <${Stat} label="rows dropped" value=${count(data.dropped)} />
    <//>
    <p class="about">
      ${data.params.n && `Items were looked for by their ${data.params.n}-grams; ${percent(data.params.threshold, 0)} of them in a passage are enough.`}
    </p>
    ${names.length > 0 && html`<${Details} summary="By benchmark">
      <${Table} caption="Items by benchmark" head=${["benchmark", "looked for", "passages found"]} numbers=${[1, 2]} rows=${names.map((name) => [name, count(data.looked_for[name]), count(data.benchmarks[name] ?? 0)])} />
    <//>`}
    ${data.ignored.length > 0 && html`<${Details} summary="Items with n-grams that are too frequent to say anything">
      <${Table} caption="Items with frequent n-grams" head=${["item", "n-grams", "ignored"]} numbers=${[1, 2]} rows=${data.ignored.map((one) => [one.item, count(one.grams), count(one.frequent)])} />
    <//>`}
    ${!data.passages && html`<${Empty} title="No item of a benchmark was found" />`}
    ${data.passages > 0 && html`
      <${Filters} label="Filters of items" values=${query} onChange=${(values) => to({ benchmark: values.benchmark })}
        fields=${[{ name: "benchmark", label: "Benchmark", kind: "choice", options: Object.entries(data.benchmarks).map(([value, many]) => ({ value, count: many })) }]} />
      <${Pager} offset=${start} limit=${SIZE} total=${data.total} what="passages" onOffset=${(offset) => to({ start: offset || "" })} />
      <ul class="rows">
        ${data.found.map(
          (one) => html`<li>
            <a class="row-link" href=${rowLink(run, one.id, data.place)}><b>${one.item}</b> <span class="row-start">${one.passage}</span></a>
            <p class="facts dim"><span>${percent(one.share, 0)} of its n-grams</span> <code>${one.id}</code></p>
          </li>`,
        )}
      </ul>`}
  `;
}
