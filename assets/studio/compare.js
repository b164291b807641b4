// Two evaluations, problem by problem: #/compare/FIRST/SECOND, with &at=N the N-th of the problems that are listed.

import { useRef } from "preact/hooks";

import { Empty, Failure, Filters, Pager, Spinner, Table, Tag, count, go, html, link, percent, useKeys } from "./parts.js";
import { IndexState, Interval, KINDS, PAGE, narrowed, tracesPath, usePolled } from "./traces_parts.js";
import { Pair } from "./traces_pair.js";


export default function View({ rest, query, runs }) {
  const [first, second] = rest;
  const evaluations = runs.filter((run) => run.kind === "evaluation" && run.state !== "broken");
  const chosen = { first: first ?? "", second: second ?? "" };
  const title = (name) => evaluations.find((run) => run.name === name)?.title ?? name;
  const options = evaluations.map((run) => ({ value: run.name, label: `${run.name.replaceAll("~", "/")}: ${run.title}` }));
  const choose = ({ first: one, second: other }) => go(link(["compare", one || "-", ...(other ? [other] : [])]));
  const both = first && first !== "-" && second;
  if (both && query.at !== undefined) return html`<${Pair} first=${first} second=${second} query=${query} titles=${[title(first), title(second)]} />`;
  return html`<div class="comparison">
    <h1>Compare two runs</h1>
    <p class="about">Problems are paired by their names; what counts is the difference within each problem.</p>
    <${Filters} label="Runs" values=${chosen} onChange=${choose} fields=${[
      { name: "first", label: "First run", kind: "choice", options, any: "choose" },
      { name: "second", label: "Second run", kind: "choice", options, any: "choose" },
    ]} />
    ${both ? html`<${Compared} first=${first} second=${second} query=${query} runs=${runs} />` : html`<${Empty} title=${evaluations.length < 2 ? "It takes two evaluations" : "Choose two runs"}>The second one is held against the first.<//>`}
  </div>`;
}

function Compared({ first, second, query, runs }) {
  const filters = narrowed(query);
  const start = Math.max(0, Math.trunc(Number(query.start)) || 0);
  const running = runs.some((run) => [first, second].includes(run.name) && run.state === "running");
  const path = tracesPath(first, ["compare", second], { ...filters, start, count: PAGE });
  const { data, error, loading, reload } = usePolled(path, running, (answer) => (answer.compared ? answer.states : [{ phase: "comparing" }]));
  if (error && !data) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} label="Comparing" />`;
  if (!data.compared && data.states.every((state) => state.phase === "ready")) return html`<${Spinner} label="Comparing" />`;
  if (!data.compared) return data.states.map((state, at) => html`<${IndexState} key=${at} state=${state} what=${`${[first, second][at]}: `} />`);
  return html`
    <${Figures} figures=${data.compared.figures} />
    <${Differences} mismatches=${data.compared.mismatches} />
    <${Problems} found=${data.compared} busy=${loading} start=${start} filters=${filters} address=${(more) => link(["compare", first, second], { ...filters, ...more })} />
  `;
}

function Figures({ figures }) {
  const far = Math.max(0.02, ...figures.flatMap((one) => one.interval.map(Math.abs)));
  const signed = (share) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${(100 * Math.abs(share)).toFixed(1)}`;
  const rows = figures.map((one) => [
    one.benchmark === "all" && figures.length > 1 ? html`<b>all of them</b>` : one.benchmark,
    count(one.first.total),
    percent(one.first.count / one.first.total),
    percent(one.second.count / one.second.total),
    html`<span class="trace-share"><b class=${one.interval[0] > 0 ? "good" : one.interval[1] < 0 ? "bad" : ""}>${signed(one.difference)}</b>
      <span class="dim">${signed(one.interval[0])} to ${signed(one.interval[1])}</span>
      <${Interval} value=${one.difference} low=${one.interval[0]} high=${one.interval[1]} from=${-far} to=${far} /></span>`,
    html`<span class="good">${count(one.fixed)}</span>`,
    html`<span class="bad">${count(one.broken)}</span>`,
    count(one.both_wrong),
    one.p < 0.001 ? "< 0.001" : one.p.toFixed(3),
  ]);
  const alone = figures.at(-1);
  return html`<section aria-label="Difference">
    <h2>Difference <small>second minus first, in percentage points</small></h2>
    <${Table} caption="Difference by benchmark" numbers=${[1, 2, 3, 5, 6, 7, 8]}
      head=${["Benchmark", "Problems", "First", "Second", "Difference, 95% interval", "Fixed", "Broken", "Both wrong", "p (McNemar)"]} rows=${rows} />
    ${alone.by === "majority" && html`<p class="about">Fixed and broken are by the majority of a problem's samples; the accuracies are means over all samples.</p>`}
    ${alone.only_first + alone.only_second > 0 && html`<p class="about">Left out: ${count(alone.only_first)} problems that only the first run has, ${count(alone.only_second)} that only the second has.</p>`}
  </section>`;
}

function Differences({ mismatches }) {
  if (!mismatches.length) return html`<p class="about">Both runs were asked the same in the same way.</p>`;
  return html`<section aria-label="What differs" class="trace-differs">
    <h2>What differs in how they were asked</h2>
    <${Table} caption="What differs in how the runs were asked" head=${["", "First", "Second"]} rows=${mismatches.map((one) => [one.what, one.first, one.second])} />
  </section>`;
}

function Problems({ found, busy, start, filters, address }) {
  const list = useRef();
  const show = (next) => go(address({ kind: "", benchmark: "", text: "", ...next, start: "" }), { replace: true });
  const turn = (to) => go(address({ start: to || "" }), { replace: true });
  const move = (by) => () => {
    const links = [...(list.current?.querySelectorAll("a.trace-row") ?? [])];
    links[Math.min(links.length - 1, Math.max(0, links.indexOf(document.activeElement) + by))]?.focus();
  };
  useKeys({
    j: ["next problem", move(1)],
    k: ["previous problem", move(-1)],
    n: start + PAGE < found.total && ["next page", () => turn(start + PAGE)],
    p: start > 0 && ["previous page", () => turn(Math.max(0, start - PAGE))],
  });
  const benchmarks = found.figures.map((one) => one.benchmark).filter((name, at, all) => name !== "all" || all.length === 1);
  const fields = [
    { name: "text", label: "Search the questions", kind: "search" },
    { name: "kind", label: "What became of it", kind: "choice", options: Object.entries(found.kinds).map(([value, some]) => ({ value, count: some, label: KINDS[value][1] })) },
    ...(benchmarks.length > 1 ? [{ name: "benchmark", label: "Benchmark", kind: "choice", options: benchmarks }] : []),
  ];
  return html`<section aria-label="Problems">
    <h2>Problems <small>${count(found.total)}</small></h2>
    <${Filters} fields=${fields} values=${filters} onChange=${show} label="Filters of problems" />
    ${found.pairs.length
      ? html`<ol class="trace-rows trace-pairs" ref=${list} aria-busy=${busy} start=${start + 1}>
            ${found.pairs.map((pair, at) => html`<${Row} key=${`${pair.benchmark}/${pair.problem}`} pair=${pair} address=${address({ at: start + at })} />`)}
          </ol>
          <${Pager} offset=${start} limit=${PAGE} total=${found.total} onOffset=${turn} what="problems" />`
      : html`<${Empty} title="No problem is like that" />`}
  </section>`;
}

function Row({ pair, address }) {
  return html`<li>
    <${Tag} tone=${KINDS[pair.kind][0]}>${pair.kind}<//>
    <a class="trace-row" href=${address}>${pair.question.replace(/\s+/g, " ").trim() || pair.problem}</a>
    <span class="trace-answers"><code>${pair.first.answer ?? "nothing"}</code> <span class="dim">then</span> <code>${pair.second.answer ?? "nothing"}</code> <span class="dim">for</span> <code>${pair.reference}</code></span>
    <span class="facts dim"><code>${pair.benchmark} ${pair.problem}</code>${!pair.same && html`<${Tag} tone="unsure">asked otherwise<//>`}</span>
  </li>`;
}
