// What a training was made of: data, schedule, recipe, files, checkpoints, hardware.

import { Details, Table, count, html, percent } from "./parts.js";
import { bytes, rate, short } from "./trainings_numbers.js";

const PACKED = {
  rows: "rows of a training, each one context long",
  tokens: "tokens in them",
  documents: "documents",
  pieces: "pieces that documents were cut into",
  padding_share: "share of the rows that is empty",
  padding_share_of_next_fit: "the same, packed in order as MathCoder2 does",
};
const SCHEDULE = {
  schedule: ["after the warm-up", (value) => ({ stable: "stable, then a linear decay", cosine: "a cosine", constant: "constant" })[value] ?? value],
  learning_rate: ["highest learning rate", rate],
  warmup_steps: ["warm-up", (value) => `${count(value)} steps`],
  warmup_tokens: ["warm-up", (value) => `${count(value)} tokens`],
  decay_tokens: ["decay", (value) => `the last ${count(value)} tokens`],
  final: ["last rate, of the highest", (value) => percent(value, 0)],
  batch: ["rows of a step", count],
  micro_batch: ["rows at a time on a device", count],
  epochs: ["passes over the data, unless tokens are given", count],
  tokens: ["tokens to train on", count],
  weight_decay: ["weight decay", String],
  clip: ["gradients are cut to a norm of", String],
};

export default function Facts({ about }) {
  return html`
    <${Data} data=${about.data} />
    <h2>Schedule</h2>
    <${Pairs} rows=${Object.entries(about.schedule).map(([name, value]) => [SCHEDULE[name][0], SCHEDULE[name][1](value)])} />
    <h2>Recipe</h2>
    <${Details} summary="recipe.yaml, with every default"><pre class="code" tabindex="0" role="region" aria-label="Recipe">${about.recipe}</pre><//>
    <${Inputs} about=${about} />
    <${Checkpoints} about=${about} />
    <${Hardware} hardware=${about.hardware} />
    <h2>Versions and seeds</h2>
    <${Details} summary="versions"><${Pairs} rows=${Object.entries(about.versions)} /><//>
    <${Pairs} rows=${Object.entries(about.seeds)} />
    <${Events} events=${about.events} />
  `;
}

function Pairs({ rows }) {
  return html`<dl class="pairs">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${String(value)}</dd></div>`)}</dl>`;
}

function Data({ data }) {
  const most = data.sources[0]?.tokens ?? 1;
  const total = data.sources.reduce((sum, one) => sum + one.tokens, 0);
  const packed = Object.entries(data.packed).map(([name, value]) => [PACKED[name], name.startsWith("padding") ? percent(value, 2) : count(value)]);
  if (!data.sources.length && !packed.length) return null;
  return html`
    <h2>Data</h2>
    <p class="about">Tokens are those of the model's tokenizer; a source can be gone over several times, or in part.</p>
    <ul class="sources">
      ${data.sources.map(
        (one) => html`<li key=${one.name}>
          <span class="name">${one.name} <small>${Number(one.epochs).toPrecision(3)} epochs</small></span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.max((100 * one.tokens) / most, 0.5)} height="10" /></svg>
          <span class="number">${short(one.tokens)} tokens <small>${percent(one.tokens / total)}</small></span>
        </li>`,
      )}
    </ul>
    <${Pairs} rows=${packed} />
    ${data.dropped.map(
      ({ of, reasons }) => html`<h3>Dropped${of && ` of ${of}`}: ${count(reasons.reduce((sum, [, number]) => sum + number, 0))}</h3>
        <div class="narrow"><${Table} caption=${`Dropped ${of}`} head=${["reason", "rows"]} rows=${reasons.map(([reason, number]) => [reason, count(number)])} numbers=${[1]} /></div>`,
    )}
    ${data.counted.length > 0 && html`<${Details} summary="All that was counted">
      <${Pairs} rows=${data.counted} />
      ${data.counted_left_out > 0 && html`<p class="dim">${count(data.counted_left_out)} more are in facts.json.</p>`}
    <//>`}
  `;
}

function Inputs({ about }) {
  if (!about.inputs.length) return null;
  const rows = about.inputs.map((one) => [one.path, one.size === null ? "" : bytes(one.size), html`<code class="sum">${one.sha256 ?? ""}</code>`]);
  return html`
    <h2>Files that were read</h2>
    <${Table} caption="Files that were read" head=${["file", "size", "sha256"]} rows=${rows} numbers=${[1]} />
    ${about.inputs_left_out > 0 && html`<p class="dim">${count(about.inputs_left_out)} more are in run.json.</p>`}
  `;
}

function Checkpoints({ about }) {
  if (!about.checkpoints.length && !about.exports.length) return null;
  const rows = about.checkpoints.map((one) => [`after step ${count(one.step)}`, bytes(one.bytes)]);
  return html`
    <h2>Checkpoints${about.exports.length > 0 && " and exported models"}</h2>
    <${Pairs} rows=${[...rows, ...about.exports.map((one) => [`export/${one.name}`, bytes(one.bytes)])]} />
  `;
}

function Hardware({ hardware }) {
  if (!hardware.architecture) return null;
  const { peak, threads } = hardware;
  const rows = [
    ["architecture", hardware.architecture],
    ["parameters", `${count(hardware.parameters)}, of which ${count(hardware.trained)} are trained`],
    ["a token costs", `${short(hardware.flops_per_token)}FLOP, forwards and backwards`],
    ["devices", `${count(hardware.devices)} × ${peak.device}${threads ? `, ${count(threads)} thread${threads > 1 ? "s" : ""}` : ""}`],
    ["a device can do", `${short(peak.flops)}FLOP/s in ${hardware.compute} (${peak.source})`],
  ];
  return html`<h2>Model and hardware</h2><${Pairs} rows=${rows} />`;
}

function Events({ events }) {
  if (!events.length) return null;
  const when = (time) => new Date(time * 1000).toISOString().replace("T", " ").slice(0, 19);
  const rows = events.map((one) => [`${when(one.time)} UTC`, one.event.replaceAll("_", " "), one.step === null ? "" : count(one.step)]);
  return html`
    <h2>What happened when</h2>
    <div class="narrow"><${Table} caption="What happened when" head=${["time", "event", "step"]} rows=${rows} numbers=${[2]} /></div>
  `;
}
