// The solutions of an evaluation: scores, filters, and one page of what they leave.

import { useRef } from "preact/hooks";

import { Details, Empty, Failure, Filters, Pager, RunHead, Spinner, Tag, Verdict, count, go, html, link, percent, runLink, useFetch, useKeys } from "./parts.js";
import { IndexState, PAGE, filtersOf, tracesPath, usePolled } from "./traces_parts.js";
import { Asked, Scores } from "./traces_scores.js";
import { Solution } from "./traces_solution.js";

const LABELS = { "not right": "all but right", any: "any error", none: "no error", single: "only one sample", counting: "not counted yet", unanimous: "all samples agree", majority: "with the majority", minority: "against the majority", untyped: "error without a type" };
const SORTS = [["-tokens", "most tokens"], ["tokens", "fewest tokens"], ["-seconds", "most seconds"], ["seconds", "fewest seconds"], ["-rounds", "most rounds"], ["rounds", "fewest rounds"], ["-place", "last first"]];
const PARTS = [["question", "the question"], ["text", "the text"], ["code", "the code"], ["output", "the output"]];
const MORE = ["rounds", "level", "subject", "vote"];

export default function View({ run, rest, query }) {
  return rest[0] === "solution" ? html`<${Solution} run=${run} query=${query} />` : html`<${All} run=${run} query=${query} />`;
}

function All({ run, query }) {
  const about = usePolled(tracesPath(run.name, []), run.state === "running", (data) => [data.state]);
  if (about.error && !about.data) return html`<${RunHead} run=${run} /><${Failure} error=${about.error} retry=${about.reload} />`;
  if (!about.data) return html`<${RunHead} run=${run} /><${Spinner} label="Opening the run" />`;
  const { state, scores, asked, errors } = about.data;
  return html`
    <${RunHead} run=${run}><p><a href=${link(["compare", run.name])}>Compare with another run</a></p><//>
    <${IndexState} state=${state} />
    ${errors.map((error) => html`<${Failure} key=${error} error=${error} />`)}
    <${Scores} scores=${scores} ready=${state.phase === "ready"} />
    <${Asked} asked=${asked} />
    ${(state.phase !== "failed" || state.rows > 0) && html`<${Found} run=${run} query=${query} version=${state.version} />`}
  `;
}

function Found({ run, query, version }) {
  const filters = filtersOf(query);
  const start = Math.max(0, Math.trunc(Number(query.start)) || 0);
  const { data, error, loading, reload } = useFetch(tracesPath(run.name, ["rows"], { ...filters, start, count: PAGE, v: version }));
  const list = useRef();
  const show = (next) => go(runLink(run, [], next), { replace: true });
  const turn = (to) => show({ ...filters, start: to || "" });
  const move = (by) => () => {
    const links = [...(list.current?.querySelectorAll("a.trace-row") ?? [])];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  const last = !data || start + PAGE >= data.total;
  useKeys({
    j: ["next solution", move(1)],
    k: ["previous solution", move(-1)],
    n: !last && ["next page", () => turn(start + PAGE)],
    p: start > 0 && ["previous page", () => turn(Math.max(0, start - PAGE))],
  });
  const pager = data && html`<${Pager} offset=${start} limit=${PAGE} total=${data.total} onOffset=${turn} what="solutions" />`;
  return html`<section aria-label="Solutions">
    <h2>Solutions ${data && html`<small>${count(data.total)} found, ${data.total ? `${percent(data.right / data.total)} of them right` : "none of them right"}</small>`}</h2>
    <${Narrowing} facets=${data?.facets} filters=${filters} onChange=${show} />
    ${data?.note && html`<p class="notice" role="status">${data.note}</p>`}
    ${error && html`<${Failure} error=${error} retry=${reload} />`}
    ${!data && !error && html`<${Spinner} label="Looking for solutions" />`}
    ${data && !data.rows.length && html`<${Empty} title="No solution is like that">${Object.keys(filters).length > 0 && html`<a href=${runLink(run)}>Take all filters off</a>`}<//>`}
    ${data?.rows.length > 0 &&
    html`<ol class="trace-rows" ref=${list} aria-busy=${loading} start=${start + 1}>
        ${data.rows.map((row) => html`<${Row} key=${row.place} row=${row} address=${runLink(run, ["solution"], { ...filters, id: row.id })} />`)}
      </ol>
      ${pager}`}
  </section>`;
}

function Narrowing({ facets, filters, onChange }) {
  const field = (name, label, any) => {
    const values = Object.entries(facets?.[name] ?? {}).filter(([value]) => value);
    if (filters[name] && !values.some(([value]) => value === filters[name])) values.push([filters[name], 0]);
    const options = values.map(([value, some]) => ({ value, count: some, label: LABELS[value] ?? value }));
    return values.length > 1 || filters[name] ? [{ name, label, any, kind: "choice", options }] : [];
  };
  const choice = (name, label, options, any) => ({ name, label, any, kind: "choice", options: options.map(([value, said]) => ({ value, label: said })) });
  const first = [
    { name: "text", label: "Search", kind: "search", placeholder: 'words, "a phrase", begin*' },
    choice("part", "in", PARTS, "everything"),
    ...field("benchmark", "Benchmark"),
    ...field("outcome", "Outcome"),
    ...field("error", "Errors of its code"),
    choice("sort", "Order", SORTS, "as in the run"),
  ];
  const more = [...field("rounds", "Rounds"), ...field("level", "Level"), ...field("subject", "Subject"), ...field("vote", "Vote")];
  return html`<div class="trace-filters">
    <${Filters} fields=${first} values=${filters} onChange=${onChange} label="Filters of solutions" />
    ${more.length > 0 &&
    html`<${Details} summary="More filters" open=${MORE.some((name) => filters[name])}>
      <${Filters} fields=${more} values=${filters} onChange=${onChange} label="More filters" />
    <//>`}
    ${filters.problem && html`<p>Only samples of <code>${filters.problem}</code> <button type="button" class="plain" onClick=${() => onChange({ ...filters, problem: "" })}>all problems</button></p>`}
  </div>`;
}

function Row({ row, address }) {
  const { excerpt } = row;
  return html`<li>
    <${Verdict} correct=${row.correct} outcome=${row.outcome} />
    <a class="trace-row" href=${address}>${row.question.replace(/\s+/g, " ").trim() || row.id}</a>
    <span class="trace-answers"><span class="dim">answers</span> <code>${row.answer ?? "nothing"}</code>${row.correct !== true && html` <span class="dim">for</span> <code>${row.reference}</code>`}</span>
    ${excerpt && html`<q class="trace-excerpt"><span class="dim">${excerpt.part}</span> ${excerpt.before}<mark>${excerpt.found}</mark>${excerpt.after}</q>`}
    <span class="facts dim">
      <code>${row.id}</code>
      ${row.level && html`<span>${/^\d+$/.test(row.level) ? `level ${row.level}` : row.level}</span>`}${row.subject && html`<span>${row.subject}</span>`}
      <span>${count(row.rounds)} ${row.rounds === 1 ? "round" : "rounds"}</span><span>${count(row.tokens)} tokens</span><span>${count(row.seconds)} s</span>
      ${row.vote === "minority" && html`<${Tag} tone="unsure">against the majority<//>`}
      ${row.error.map((name) => html`<${Tag} key=${name} tone="bad">${name}<//>`)}
    </span>
  </li>`;
}
