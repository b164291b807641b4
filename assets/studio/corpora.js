// A corpus or instruction data: funnel, rows, copies, items of benchmarks. Its parts have files of their own.

import Copies from "./corpora_copies.js";
import Evidence from "./corpora_evidence.js";
import Overview from "./corpora_overview.js";
import { addressOf, useReachable } from "./corpora_parts.js";
import Row from "./corpora_row.js";
import Rows from "./corpora_rows.js";
import { Failure, RunHead, Spinner, Tabs, html, runLink, useFetch } from "./parts.js";

const PARTS = { "": Overview, rows: Rows, row: Row, copies: Copies, benchmarks: Evidence };
const OFTEN = 2_000; // milliseconds between two looks at a run that is being built

export default function View({ run, rest, query }) {
  const base = addressOf(run);
  const box = useReachable();
  const { data, error, reload } = useFetch(base, { every: run.state === "running" ? OFTEN : 0 });
  const part = Object.hasOwn(PARTS, rest[0] ?? "") ? (rest[0] ?? "") : "";
  const tabs = [
    ["", "Overview"],
    ["rows", run.kind === "corpus" ? "Documents" : "Rows"],
    ...(data?.clusters ? [["copies", "Copies"]] : []),
    ...(data?.evidence ? [["benchmarks", "Benchmark items"]] : []),
  ];
  const current = part === "row" ? "rows" : part;
  return html`<div class="corpora" ref=${box}>
    <${RunHead} run=${run}>${data?.about && html`<p class="about">${data.about}</p>`}<//>
    <${Tabs} tabs=${tabs} current=${current} label="Parts of the run" address=${(name) => runLink(run, name ? [name] : [])} />
    ${data
      ? html`<${PARTS[part]} run=${run} base=${base} overview=${data} query=${query} />`
      : error
        ? html`<${Failure} error=${error} retry=${reload} />`
        : html`<${Spinner} />`}
  </div>`;
}
