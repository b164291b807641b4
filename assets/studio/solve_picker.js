// Takes a problem from a benchmark that is on this machine: one that is searched for, any, or by its number.

import { useEffect, useRef, useState } from "preact/hooks";

import { Empty, Failure, Pager, Search, Spinner, api, html, link, useFetch, useKeys } from "./parts.js";

const LIMIT = 8;

export function Picker({ start, onTake }) {
  const benchmarks = useFetch("/solve/benchmarks");
  return html`<section id="picker" class="picker" aria-label="Problems of a benchmark">
    ${benchmarks.error && html`<${Failure} error=${benchmarks.error} retry=${benchmarks.reload} />`}
    ${benchmarks.loading && html`<${Spinner} />`}
    ${benchmarks.data?.length === 0 && html`<${Empty} title="No benchmark is on this machine" />`}
    ${benchmarks.data?.length > 0 && html`<${Problems} benchmarks=${benchmarks.data} start=${start} onTake=${onTake} />`}
  </section>`;
}

function Problems({ benchmarks, start, onTake }) {
  const first = benchmarks.find((which) => which.name === start?.benchmark) ?? benchmarks[0];
  const [values, setValues] = useState({ benchmark: first.name, split: start?.split ?? "", text: "" });
  const [offset, setOffset] = useState(0);
  const [error, setError] = useState(null);
  const list = useRef();
  const which = benchmarks.find((one) => one.name === values.benchmark);
  const splits = Object.keys(which.splits);
  const split = splits.includes(values.split) ? values.split : splits.includes("test") ? "test" : splits[0];
  const query = { benchmark: which.name, split, text: values.text, offset, limit: LIMIT };
  const page = useFetch(`/solve/problems?${link([], query).split("?")[1]}`);
  const move = (step) => {
    const rows = [...list.current.querySelectorAll("button")];
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  useEffect(() => setOffset(0), [which.name, split, values.text]);

  const take = async (number) => {
    try {
      onTake(await api(`/solve/problem?${link([], { benchmark: which.name, split, number }).split("?")[1]}`));
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  };
  const total = which.splits[split];
  return html`
    <div class="settings">
      <label>Benchmark
        <select value=${which.name} onChange=${(event) => setValues({ ...values, benchmark: event.currentTarget.value })}>
          ${benchmarks.map((one) => html`<option value=${one.name} selected=${one.name === which.name}>${one.title}</option>`)}
        </select>
      </label>
      ${splits.length > 1 &&
      html`<label>Split
        <select value=${split} onChange=${(event) => setValues({ ...values, split: event.currentTarget.value })}>
          ${splits.map((name) => html`<option value=${name} selected=${name === split}>${name}</option>`)}
        </select>
      </label>`}
      <${Search} field=${{ label: "Search" }} value=${values.text} onValue=${(text) => setValues({ ...values, text: text.slice(0, 200) })} />
      <label>Number
        <input type="number" min="0" max=${total - 1} placeholder=${`0–${total - 1}`}
          onChange=${(event) => event.currentTarget.value !== "" && take(event.currentTarget.valueAsNumber)}
          onKeyDown=${(event) => event.key === "Enter" && (event.preventDefault(), event.currentTarget.value !== "" && take(event.currentTarget.valueAsNumber))} />
      </label>
      <button type="button" onClick=${() => take(Math.floor(Math.random() * total))}>Any</button>
    </div>
    ${(error ?? page.error) && html`<${Failure} error=${error ?? page.error} />`}
    ${page.loading && !page.data && html`<${Spinner} />`}
    ${page.data &&
    html`<ol class="problems" ref=${list}>
      ${page.data.rows.map(
        (row) => html`<li key=${row.number}><button type="button" onClick=${() => take(row.number)}>
          <span class="dim">${row.number}</span><span class="line">${row.line}</span>
          <span class="dim">${[row.level, row.subject].filter(Boolean).join(" · ")}</span>
        </button></li>`,
      )}
    </ol>
    <${Pager} offset=${offset} limit=${LIMIT} total=${page.data.total} onOffset=${setOffset} what="problems" />`}`;
}
