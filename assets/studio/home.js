// What there is: runs, newest first.

import { Empty, Tag, ago, html, link, runLink, useKeys } from "./parts.js";
import { useRef } from "preact/hooks";

const NAMES = {
  evaluation: ["Evaluations", "what models solved, graded", "mathcoder evaluate gsm8k --limit 50"],
  corpus: ["Corpora", "texts with computations that were checked", "mathcoder corpus build recipes/quickstart.yaml"],
  instruct: ["Instruction data", "questions with executed solutions", "mathcoder instruct build recipes/instruct-gsm8k.yaml"],
  training: ["Training", "models that were trained", "mathcoder train sft recipes/sft-smollm2.yaml"],
};
const TONES = { running: "good", broken: "bad", stopped: "unsure" };

export default function View({ runs, folders, kinds }) {
  const chosen = kinds.length ? kinds : Object.keys(NAMES);
  const shown = chosen.map((kind) => [kind, runs.filter((run) => run.kind === kind)]);
  const list = useRef();
  const move = (by) => () => {
    const links = [...list.current.querySelectorAll(".run > a")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({ j: ["next run", move(1)], k: ["previous run", move(-1)] });
  return html`<div class="home" ref=${list}>
    <h1>${kinds.length ? chosen.map((kind) => NAMES[kind][0]).join(", ") : "Studio"}</h1>
    <p class="about">${runs.length ? `${runs.length} ${runs.length === 1 ? "run" : "runs"} found in` : "Runs are looked for in"} ${folders.map((folder) => html`<code>${folder}</code> `)}</p>
    ${!kinds.length &&
    html`<a class="start" href=${link(["solve"])}><b>Solve a problem</b><span>Watch a model reason, write code and run it, step by step.</span></a>`}
    ${shown.map(([kind, some]) => html`<${Section} key=${kind} kind=${kind} runs=${some} />`)}
  </div>`;
}

function Section({ kind, runs }) {
  const [title, about, command] = NAMES[kind];
  return html`<section>
    <h2>${title} <small>${about}</small></h2>
    ${runs.length
      ? html`<ul class="runs">${runs.map((run) => html`<${Run} key=${run.name} run=${run} />`)}</ul>`
      : html`<${Empty} title="None yet">Make one: <code>${command}</code><//>`}
  </section>`;
}

function Run({ run }) {
  return html`<li class="run">
    <a href=${runLink(run)}>${run.title}</a>
    <${Tag} tone=${TONES[run.state]}>${run.state}<//>
    <span class="facts">${Object.entries(run.facts).map(([name, value]) => html`<span key=${name}><span class="dim">${name}</span> ${value}</span>`)}</span>
    <span class="where dim"><code>${run.name.replaceAll("~", "/")}</code> <time dateTime=${new Date(run.changed * 1000).toISOString()}>${ago(run.changed)}</time></span>
  </li>`;
}
