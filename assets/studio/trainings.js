// A training: its curves while they grow, the problems it solved on the way, what it was made of.

import { useEffect } from "preact/hooks";

import { Empty, Failure, RunHead, Spinner, Stat, Stats, Tabs, count, html, percent, runLink, useFetch } from "./parts.js";
import Curves from "./trainings_curves.js";
import Facts from "./trainings_facts.js";
import { useCurves } from "./trainings_live.js";
import { decimals, duration, last, middle, short } from "./trainings_numbers.js";
import Solved from "./trainings_solved.js";

const TABS = [
  ["", "Curves"],
  ["solved", "Solved problems"],
  ["facts", "Data and recipe"],
];
const KINDS = { sft: "Fine-tuning", pretrain: "Continued pretraining" };

export default function View({ run, rest, query }) {
  const part = TABS.some(([name]) => name === rest[0]) ? rest[0] : "";
  const others = (query.with ?? "").split(",").filter((name) => name && name !== run.name);
  const measured = useCurves([run.name, ...others]);
  const own = measured[run.name];
  const state = own?.data?.state ?? run.state;
  const path = `/trainings/${encodeURIComponent(run.name)}`;
  const about = useFetch(path, { every: state === "running" ? 15_000 : 0 });
  const solved = useFetch(part === "solved" ? `${path}/solved` : null);
  const times = own?.data?.curves["solved/of"]?.of ?? 0;
  useEffect(() => {
    if (solved.data) solved.reload();
  }, [times]);

  if (about.error && !about.data) return html`<${RunHead} run=${run} /><${Failure} error=${about.error} retry=${about.reload} />`;
  if (!about.data) return html`<${RunHead} run=${run} /><${Spinner} label="Reading the run" />`;
  const parts = {
    "": () => html`<${Curves} run=${run} about=${about.data} measured=${measured} others=${others} query=${query} />`,
    solved: () => html`<${Solved} run=${run} about=${about.data} grid=${solved} query=${query} />`,
    facts: () => html`<${Facts} about=${about.data} />`,
  };
  return html`
    <${RunHead} run=${{ ...run, state, title: about.data.title, facts: headFacts(about.data, own?.data) }}>
      ${about.data.about && html`<p class="about">${about.data.about}</p>`}
    <//>
    ${own?.error && html`<${Failure} error=${own.error} />`}
    ${own?.data && html`<${Progress} data=${own.data} state=${state} /><${Figures} data=${own.data} />`}
    <${NoNumbers} names=${about.data.no_numbers} />
    <${Tabs} tabs=${TABS} current=${part} label="Parts of this run" address=${(name) => runLink(run, name ? [name] : [], { with: query.with })} />
    ${parts[part]()}
  `;
}

function headFacts(about, data) {
  const facts = { kind: KINDS[about.kind], from: about.base, trains: about.adapters, context: `${count(about.context)} tokens` };
  return data?.seconds ? { ...facts, took: duration(data.seconds) } : facts;
}

// How far it is; nothing where it is done.
function Progress({ data, state }) {
  if (state === "finished" && data.step >= data.steps) return null;
  const left = data.step && data.steps > data.step ? (data.seconds / data.step) * (data.steps - data.step) : 0;
  const said = [
    `step ${count(data.step)}${data.steps ? ` of ${count(data.steps)}` : ""}`,
    state === "running" && left && `about ${duration(left)} left`,
    state === "stopped" && "it is not at work; the command that began it goes on",
  ];
  return html`<div class="training-progress">
    ${data.steps > 0 && html`<progress aria-label="Steps done" max=${data.steps} value=${data.step}></progress>`}
    <p class="dim">${said.filter(Boolean).join(", ")}</p>
  </div>`;
}

// What came out, in large figures.
function Figures({ data }) {
  const { curves } = data;
  const held = Object.keys(curves).filter((name) => name.startsWith("held_out/")).map((name) => last(curves[name])).filter(Number.isFinite);
  const rate = middle(curves.tokens_per_second);
  const figures = [
    curves.loss?.value.length && [decimals(last(curves.loss)), "loss, of the last steps"],
    held.length && [decimals(held.reduce((sum, one) => sum + one, 0) / held.length), "loss on what is held out"],
    curves["solved/of"] && [`${last(curves["solved/right"])} of ${last(curves["solved/of"])}`, "problems solved"],
    data.tokens && [short(data.tokens), "tokens trained on"],
    rate && [short(rate), "tokens a second"],
    curves.mfu?.value.length && [percent(last(curves.mfu)), "model FLOPs utilisation"],
  ].filter(Boolean);
  if (!figures.length) return html`<${Empty} title="Nothing is measured yet">Numbers come after its first steps.<//>`;
  return html`<${Stats}>${figures.map(([value, label]) => html`<${Stat} key=${label} label=${label} value=${value} />`)}<//>`;
}

function NoNumbers({ names }) {
  if (!names.length) return null;
  const steps = names.map((name) => count(Number(name.replace("step-", "")))).join(", ");
  return html`<p class="notice">Loss or gradient was no number at step ${steps}; the batches are kept in <code>nan/</code> of the run.</p>`;
}
