// The curves of a training, and those of others on the same axes.

import { useState } from "preact/hooks";

import { Empty, Failure, Table, count, go, html, percent, runLink, useFetch } from "./parts.js";
import { Chart } from "./trainings_chart.js";
import { decimals, last, middle, rate, short } from "./trainings_numbers.js";

const AXES = {
  step: { name: "step", whole: true, form: (value) => (value >= 10_000 ? short(value) : count(Math.round(value))), at: (curve) => curve.step },
  tokens: { name: "tokens", whole: true, form: short, at: (curve) => curve.tokens },
  hours: { name: "hours", form: (value) => count(Math.round(value * 100) / 100), at: (curve) => curve.seconds.map((one) => one / 3600) },
};
// `exact`: it is not smoothed; `linear`: nor drawn on a logarithmic axis.
const CHARTS = [
  { title: "Loss", about: "Of the steps since the value before.", names: ["loss"], form: decimals },
  { title: "Loss on what is held out", about: "By source. Nothing of it is trained on.", group: "held_out/", form: decimals, exact: true },
  { title: "Learning rate", names: ["learning_rate"], form: rate, low: 0, exact: true, linear: true },
  { title: "Tokens a second", about: "Without evaluation and checkpoints.", names: ["tokens_per_second"], form: short, low: 0 },
  { title: "Norm of the gradient", about: "Before it is cut.", names: ["grad_norm"], form: decimals, low: 0 },
  { title: "Model FLOPs utilisation", names: ["mfu"], form: (value) => percent(value), mark: (tick) => percent(tick, 0), low: 0 },
  { title: "Problems solved", names: ["solved/right"], form: count, low: 0, exact: true, linear: true, whole: true, shape: "steps" },
];

export default function Curves({ run, about, measured, others, query }) {
  const list = useFetch("/trainings");
  const [cursor, setCursor] = useState(null);
  const axis = AXES[query.x] ?? AXES.step;
  const smooth = Math.min(Math.max(Number(query.smooth) || 0, 0), 0.95);
  const known = new Map((list.data ?? []).map((one) => [one.name, one]));
  const shown = [run.name, ...others].filter((name) => measured[name]?.data);
  const titles = named(shown, known, run);
  const change = (changes) => go(runLink(run, [], { ...query, ...changes }), { replace: true });
  const drawn = CHARTS.map((chart) => ({ chart, ...linesOf(chart, shown, measured, titles, axis) })).filter(({ lines, notes }) => lines.length || notes.length);

  return html`
    <${Toolbar} query=${query} smooth=${smooth} change=${change} candidates=${[...known.values()].filter((one) => one.name !== run.name && !others.includes(one.name))} others=${others} />
    ${others.length > 0 && html`<ul class="chosen" aria-label="Runs on the same axes">
      ${others.map((name) => html`<li key=${name}>${known.get(name)?.title ?? name}
        <button type="button" class="plain" aria-label=${`Take ${known.get(name)?.title ?? name} away`} onClick=${() => change({ with: others.filter((one) => one !== name).join(",") })}>✕</button></li>`)}
    </ul>`}
    ${others.map((name) => measured[name]?.error && html`<${Failure} key=${name} error=${measured[name].error} />`)}
    ${shown.length > 1 && html`<${SideBySide} shown=${shown} titles=${titles} measured=${measured} />`}
    ${drawn.length === 0 && html`<${Empty} title="No curves yet">They are drawn from the first measured step on.<//>`}
    <div class="charts">
      ${drawn.map(
        ({ chart, lines, notes, most }) => html`<${Chart} key=${chart.title} title=${chart.title} about=${chart.about} notes=${notes}
          lines=${planned(chart, lines, about, axis, shown)} form=${chart.form} mark=${chart.mark} axis=${axis} low=${chart.low} high=${most} whole=${chart.whole}
          log=${Boolean(query.log) && !chart.linear} smooth=${chart.exact ? 0 : smooth} shape=${chart.shape} cursor=${cursor} onCursor=${setCursor} />`,
      )}
    </div>
  `;
}

function Toolbar({ query, smooth, change, candidates, others }) {
  const add = (event) => event.currentTarget.value && change({ with: [...others, event.currentTarget.value].join(",") });
  return html`<form class="filters" aria-label="How curves are drawn" onSubmit=${(event) => event.preventDefault()}>
    <label>Over
      <select value=${query.x ?? "step"} onChange=${(event) => change({ x: event.currentTarget.value === "step" ? "" : event.currentTarget.value })}>
        <option value="step">steps</option><option value="tokens">tokens</option><option value="hours">hours of work</option>
      </select>
    </label>
    <label>Smoothing
      <input type="range" min="0" max="0.95" step="0.05" value=${smooth} aria-valuetext=${smooth ? String(smooth) : "off"}
        onInput=${(event) => change({ smooth: Number(event.currentTarget.value) || "" })} />
    </label>
    <label class="check"><input type="checkbox" checked=${Boolean(query.log)} onChange=${(event) => change({ log: event.currentTarget.checked ? "1" : "" })} /> logarithmic</label>
    ${candidates.length > 0 && html`<label>Compare with
      <select value="" onChange=${add}>
        <option value="">another training</option>
        ${candidates.map((one) => html`<option key=${one.name} value=${one.name}>${one.title === one.name ? one.title : `${one.title} (${one.name.replaceAll("~", "/")})`}</option>`)}
      </select>
    </label>`}
  </form>`;
}

// What runs are called where there are several: their titles, and their names where titles are the same.
function named(shown, known, run) {
  const title = (name) => (name === run.name ? run.title : (known.get(name)?.title ?? name));
  const all = shown.map(title);
  return new Map(shown.map((name, at) => [name, all.filter((one) => one === all[at]).length > 1 ? name.replaceAll("~", "/") : all[at]]));
}

// The lines of a chart: of each run and each name. Colours tell runs apart, or sources where there is one run.
function linesOf(chart, shown, measured, titles, axis) {
  const several = shown.length > 1;
  const lines = [];
  const notes = [];
  let most;
  const group = chart.group ?? "";
  const sources = group ? [...new Set(shown.flatMap((name) => Object.keys(measured[name].data.curves).filter((one) => one.startsWith(group))))].sort() : chart.names;
  shown.forEach((name, at) => {
    const { curves } = measured[name].data;
    let place = -1;
    sources.forEach((source) => {
      const curve = curves[source];
      if (!curve) return;
      if (curve.missing) notes.push(`${count(curve.missing)} values of ${source.replaceAll("_", " ")} are no number.`);
      if (!curve.value.length) return;
      place += 1;
      const said = group ? source.slice(group.length) : source.replaceAll("_", " ").replace("solved/", "");
      const x = axis.at(curve);
      lines.push({
        name: several ? [titles.get(name), group && said].filter(Boolean).join(": ") : said,
        points: curve.value.map((value, of) => [x[of], value]),
        colour: several ? at : place,
        dash: several ? place : Math.floor(place / 6),
      });
      if (curve.of > curve.value.length) notes.push(`${count(curve.value.length)} of ${count(curve.of)} points: the lowest and the highest of each stretch.`);
    });
    if (chart.names?.[0] === "solved/right" && curves["solved/of"]) most = Math.max(most ?? 0, last(curves["solved/of"]));
  });
  return { lines, notes: [...new Set(notes)], most };
}

// The learning rate that is planned, behind the one that was measured.
function planned(chart, lines, about, axis, shown) {
  const rates = about.planned_rates;
  if (chart.names?.[0] !== "learning_rate" || !rates || axis !== AXES.step || shown.length > 1) return lines;
  return [{ name: "as planned", points: rates.step.map((step, at) => [step, rates.value[at]]), colour: 4, dash: 1, faint: true }, ...lines];
}

function SideBySide({ shown, titles, measured }) {
  const rows = shown.map((name) => {
    const { data } = measured[name];
    const { curves } = data;
    const held = Object.entries(curves).filter(([one]) => one.startsWith("held_out/"));
    return [
      titles.get(name),
      data.state,
      `${count(data.step)}${data.steps ? ` of ${count(data.steps)}` : ""}`,
      short(data.tokens),
      curves.loss ? decimals(last(curves.loss)) : "",
      held.map(([one, curve]) => `${one.slice(9)} ${decimals(last(curve))}`).join(", "),
      curves["solved/of"] ? `${last(curves["solved/right"])} of ${last(curves["solved/of"])}` : "",
      curves.tokens_per_second ? short(middle(curves.tokens_per_second)) : "",
    ];
  });
  return html`<${Table} caption="Runs side by side" head=${["run", "state", "step", "tokens", "loss", "held out", "solved", "tokens/s"]} rows=${rows} numbers=${[2, 3, 4, 6, 7]} />`;
}
