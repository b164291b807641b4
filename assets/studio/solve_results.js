// What came of it: the tally of the votes, and the solutions side by side.

import { useEffect, useRef, useState } from "preact/hooks";

import { Blocks, Details, Failure, Rich, Tag, Verdict, api, count, html, percent } from "./parts.js";
import { ENDS, STATES } from "./solve_state.js";
import { asFormula, took, withBoxes } from "./solve_text.js";

// `grades` by vote, once the reference was asked for; `edit` is {vote, at, code} while code is edited.
export function Results({ solve, grades, edit, onEdit, onGoOn }) {
  const several = solve.votes.length > 1;
  return html`
    ${several && html`<${Tally} solve=${solve} />`}
    <div class=${several ? "votes several" : "votes"} tabindex=${several ? 0 : undefined} role=${several ? "region" : undefined} aria-label=${several ? "Solutions side by side" : undefined}>
      ${solve.votes.map(
        (vote, at) => html`<${Vote} key=${at} vote=${vote} at=${at} several=${several} grade=${grades?.[at]} running=${solve.running}
          edit=${edit?.vote === at ? edit : null} onEdit=${onEdit} onGoOn=${onGoOn} />`,
      )}
    </div>`;
}

function Tally({ solve }) {
  const { tally, votes } = solve;
  const ended = tally.ended ?? 0;
  return html`<section class="tally" aria-label="Tally of the votes">
    <h2>Votes <small aria-live="polite">${ended} of ${votes.length} have ended</small></h2>
    <ol>
      ${(tally.classes ?? []).map(
        (one, place) => html`<li key=${one.answer} class=${place ? "" : "first"}>
          <span class="said"><${Rich} text=${asFormula(one.answer)} /></span>
          <span class="track" aria-hidden="true"><span style=${{ width: percent(one.share) }}></span></span>
          <span class="share">${percent(one.share, 0)}</span>
          <span class="who dim">${one.votes.length === 1 ? "solution" : "solutions"} ${one.votes.map((number) => number + 1).join(", ")}</span>
        </li>`,
      )}
      ${tally.without?.length > 0 &&
      html`<li class="none"><span class="said dim">no answer</span><span class="track"></span><span class="share"></span>
        <span class="who dim">${tally.without.length === 1 ? "solution" : "solutions"} ${tally.without.map((number) => number + 1).join(", ")}</span></li>`}
    </ol>
  </section>`;
}

function Vote({ vote, at, several, grade, running, edit, onEdit, onGoOn }) {
  const [said, tone] = STATES[vote.state];
  const working = vote.state === "running" || vote.state === "checking";
  const card = useRef();
  useEffect(() => edit && card.current.querySelector(".editor textarea")?.focus(), [edit?.at]);
  const blocks = vote.parts.map((part, place) => (place === edit?.at ? { ...part, content: edit.code } : withBoxes(part)));
  const actions = (part, place) => {
    if (part.type === "execution") return part.status && html`<span class=${part.status === "ok" ? "dim" : "bad"}>${part.status === "ok" ? "" : `${part.status} · `}${took(part.seconds)}</span>`;
    if (running) return null;
    if (edit?.at === place)
      return html`<button type="button" class="main" disabled=${!edit.code.trim()} onClick=${onGoOn}>Run and go on</button>
        <button type="button" onClick=${() => onEdit(null)}>Cancel</button>`;
    return html`<button type="button" class="plain" onClick=${() => onEdit({ vote: at, at: place, code: part.content })}>Edit</button>`;
  };
  return html`<article class="vote" ref=${card} tabindex="-1" aria-label=${several ? `Solution ${at + 1}` : "Solution"}>
    <header>
      <h2>${several ? `Solution ${at + 1}` : "Solution"}</h2>
      <${Tag} tone=${tone}>${working && html`<span class="pulse" aria-hidden="true"></span>`}${said}<//>
      ${grade && html`<${Verdict} correct=${grade.correct} />`}
    </header>
    <${Blocks} blocks=${blocks} actions=${actions} edit=${edit && { at: edit.at, onEdit: (code) => onEdit({ ...edit, code }) }} />
    ${edit && edit.at < vote.parts.length - 1 && html`<p class="dim">When it goes on, what stands after the edited code is written anew.</p>`}
    ${vote.answer !== null && html`<div class="answer"><span class="dim">Answer</span> <${Rich} text=${asFormula(vote.answer)} /></div>`}
    ${vote.check && html`<${Checked} check=${vote.check} />`}
    <${Ended} vote=${vote} />
  </article>`;
}

const CHECKED = { true: ["finds it right", "good"], false: ["finds it wrong", "bad"], uncertain: ["cannot tell", "unsure"] };

// How the model's own check of its answer came out.
function Checked({ check }) {
  const [said, tone] = CHECKED[check.verdict];
  return html`<${Details} summary=${html`The model's check <${Tag} tone=${tone}>${said}<//>`}><${Blocks} blocks=${check.parts.map(withBoxes)} /><//>`;
}

function Ended({ vote }) {
  if (!vote.cost?.rounds && !vote.note) return null;
  const { cost } = vote;
  const facts = [
    ENDS[vote.ended],
    `${count(cost.completion_tokens)} tokens`,
    `${count(cost.rounds)} ${cost.rounds === 1 ? "round" : "rounds"}`,
    `model ${took(cost.model_seconds)}`,
    cost.sandbox_seconds > 0 && `code ${took(cost.sandbox_seconds)}`,
  ];
  return html`${vote.note && html`<${Failure} error=${vote.note} />`}
    <p class="facts dim">${facts.filter(Boolean).map((fact) => html`<span>${fact}</span>`)}</p>`;
}

// The reference of a problem, hidden until it is asked for; then the answers are graded too (`onGrades`).
export function Reference({ taken, answers, judged, onJudged }) {
  const [error, setError] = useState(null);
  const [waits, setWaits] = useState(false);
  const show = async () => {
    setWaits(true);
    try {
      const { benchmark, split, number } = taken;
      onJudged(await api("/solve/reference", { method: "POST", body: { taken: { benchmark, split, number }, answers } }));
      setError(null);
    } catch (failure) {
      setError(failure);
    }
    setWaits(false);
  };
  if (error) return html`<${Failure} error=${error} retry=${show} />`;
  if (!judged) return html`<p><button type="button" disabled=${waits} onClick=${show}>Show the reference answer</button></p>`;
  return html`<div class="reference">
    <div class="answer"><span class="dim">Reference answer</span> <${Rich} text=${asFormula(judged.reference || "none")} /></div>
    ${judged.solution && html`<${Details} summary="The solution that the benchmark states"><${Rich} text=${judged.solution} /><//>`}
  </div>`;
}
