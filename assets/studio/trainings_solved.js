// The problems that were solved while a model trained: who solved what when, and one solution as it was written.

import { Blocks, Empty, Failure, Rich, Spinner, Verdict, count, go, html, runLink, useFetch, useKeys } from "./parts.js";

const SIGNS = { right: ["✓", "right", "good"], wrong: ["✗", "wrong", "bad"], ungraded: ["–", "not graded", "unsure"] };
const ENDED = {
  answer: "with an answer",
  no_answer: "without an answer",
  empty: "it wrote nothing",
  rounds: "at the limit of rounds",
  tokens: "at the limit of tokens",
  time: "at the limit of time",
  repeated_error: "at an error that came back",
  model_error: "the model could not be asked",
};

export default function Solved({ run, about, grid, query }) {
  if (grid.error) return html`<${Failure} error=${grid.error} retry=${grid.reload} />`;
  if (!grid.data) return html`<${Spinner} label="Reading solutions" />`;
  if (!grid.data.steps.length) {
    const why = about.solves ? `Problems are solved every ${count(about.solves.every_steps)} steps and at the end.` : "The recipe names none: give it a part `solve`.";
    return html`<${Empty} title="No problem has been solved yet">${why}<//>`;
  }
  return html`<${Chosen} run=${run} about=${about} grid=${grid.data} query=${query} />`;
}

function Chosen({ run, about, grid, query }) {
  const { problems, steps } = grid;
  const within = (value, many) => Math.min(Math.max(value, 0), many - 1);
  const problem = within(Number(query.problem) || 0, problems.length);
  const found = steps.findIndex((one) => one.step === Number(query.step));
  const at = found < 0 ? steps.length - 1 : found;
  const choose = (nextProblem, nextStep) =>
    go(runLink(run, ["solved"], { ...query, problem: within(nextProblem, problems.length), step: steps[within(nextStep, steps.length)].step }), { replace: true });
  const keys = {
    j: ["next problem", () => choose(problem + 1, at)],
    k: ["previous problem", () => choose(problem - 1, at)],
    l: ["later in training", () => choose(problem, at + 1)],
    h: ["earlier in training", () => choose(problem, at - 1)],
  };
  useKeys(keys);
  const onSlider = (event) => {
    if (!keys[event.key]) return; // the arrows are its own
    event.stopPropagation();
    keys[event.key][1]();
  };
  const { step } = steps[at];
  const solution = useFetch(`/trainings/${encodeURIComponent(run.name)}/solved/${step}/${problem}`);
  const fits = solution.data?.step === step && solution.data.id === problems[problem].id;
  return html`
    <p class="about">${asked(about.solves, problems.length)}</p>
    <${Grid} problems=${problems} steps=${steps} problem=${problem} at=${at} choose=${choose} />
    <div class="moment">
      <label>After step
        <input type="range" min="0" max=${steps.length - 1} step="1" value=${at} aria-valuetext=${`step ${step}`} disabled=${steps.length < 2}
          onKeyDown=${onSlider} onInput=${(event) => choose(problem, Number(event.currentTarget.value))} />
      </label>
      <output>${count(step)}</output>
      <span class="turn">
        <button type="button" disabled=${problem === 0} onClick=${() => choose(problem - 1, at)}>Previous problem</button>
        <button type="button" disabled=${problem === problems.length - 1} onClick=${() => choose(problem + 1, at)}>Next problem</button>
      </span>
    </div>
    <article class=${fits ? "" : "waiting"} aria-live="polite" aria-busy=${!fits && !solution.error} aria-label="The solution">
      ${solution.error ? html`<${Failure} error=${solution.error} />` : solution.data ? html`<${Solution} one=${solution.data} />` : html`<${Spinner} label="Reading the solution" />`}
    </article>
  `;
}

function asked(solves, many) {
  const of = solves ? ` of ${solves.of}${solves.split ? `, ${solves.split} rows` : ""}` : "";
  return `The first ${count(many)} problems${of}, solved by the model as it was then, greedily; its code was executed. So few problems say how it writes, not how good it is.`;
}

function Grid({ problems, steps, problem, at, choose }) {
  const chosen = (row, column) => row === problem && column === at;
  return html`<div class="wide"><table class="verdicts">
    <caption class="hidden">Verdicts by problem and step</caption>
    <thead><tr><th scope="col">problem</th>${steps.map((one) => html`<th scope="col" key=${one.step} class="number">${count(one.step)}</th>`)}</tr></thead>
    <tbody>
      ${problems.map(
        (one, row) => html`<tr key=${one.id} class=${row === problem ? "of-this" : ""}>
          <th scope="row" title=${one.problem}><code>${one.id}</code> <span class="dim">${one.problem}</span></th>
          ${steps.map(({ step, verdicts }, column) => {
            const [sign, word, tone] = SIGNS[verdicts[row]] ?? ["", "not solved", ""];
            if (!sign) return html`<td key=${step}></td>`;
            return html`<td key=${step} class="number"><button type="button" class=${`plain ${tone}`} aria-pressed=${chosen(row, column)} aria-label=${`${one.id} after step ${step}: ${word}`} onClick=${() => choose(row, column)}>${sign}</button></td>`;
          })}
        </tr>`,
      )}
    </tbody>
    <tfoot><tr><th scope="row" class="dim">right</th>${steps.map((one) => html`<td key=${one.step} class="number">${one.right} of ${one.of}</td>`)}</tr></tfoot>
  </table></div>`;
}

function Solution({ one }) {
  const facts = [
    ["its answer", one.extracted],
    ["reference", one.reference],
    ["ended", ENDED[one.ended] ?? one.ended],
    ["tokens", count(one.tokens)],
    ["rounds", count(one.rounds)],
    ["note", one.note],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`
    <h2>${one.id} <small>after step ${count(one.step)}</small></h2>
    <div class="asked"><${Rich} text=${one.problem} /></div>
    <p class="facts"><${Verdict} correct=${{ right: true, wrong: false }[one.verdict] ?? null} />
      ${facts.map(([name, value]) => html`<span key=${name}><span class="dim">${name}</span> ${value}</span>`)}</p>
    ${one.blocks.length ? html`<${Blocks} blocks=${one.blocks} />` : html`<${Empty} title="It wrote nothing that could be read" />`}
    ${one.blocks_left_out > 0 && html`<p class="dim">${count(one.blocks_left_out)} more blocks are left out.</p>`}
  `;
}
