// A problem, solved while one watches.

import { useEffect, useRef, useState } from "preact/hooks";

import { Failure, Rich, Spinner, api, download, go, html, link, stream, useFetch, useKeys } from "./parts.js";
import { Form } from "./solve_form.js";
import { Reference, Results } from "./solve_results.js";
import { after, finished } from "./solve_state.js";

const KEPT = "solve-settings";
const FRAME = 80; // milliseconds between two looks at what has come

export default function View({ query }) {
  const choices = useFetch("/solve/choices");
  if (choices.error) return html`<${Failure} error=${choices.error} retry=${choices.reload} />`;
  if (!choices.data) return html`<${Spinner} />`;
  return html`<${Solve} choices=${choices.data} query=${query} />`;
}

function Solve({ choices, query }) {
  const [asked, setAsked] = useState(() => ({ text: query.problem ?? "", taken: null, settings: settingsOf(choices) }));
  const [shown, setShown] = useState([]); // what was solved, each gone on from the one before
  const [current, setCurrent] = useState(0);
  const [edit, setEdit] = useState(null);
  const [picking, setPicking] = useState(false);
  const [error, setError] = useState(null);
  const [judged, setJudged] = useState(null);
  const [starting, setStarting] = useState(false);
  const control = useRef(null);
  const page = useRef();
  const solve = shown[current] ?? null;
  const running = starting || Boolean(shown.at(-1)?.running);

  useEffect(() => localStorage.setItem(KEPT, JSON.stringify(asked.settings)), [asked.settings]);
  useEffect(() => () => control.current?.abort(), []);
  useEffect(() => {
    if (query.benchmark) take(query, setAsked, setError);
    if (query.id) look(query.id, setShown, setAsked, setError);
  }, []);

  // Follows one stream; `earlier` stays before it.
  const run = async (body, earlier) => {
    control.current = new AbortController();
    setStarting(true);
    setError(null);
    setJudged(null);
    setEdit(null);
    let state = null;
    let timer = 0;
    const draw = () => {
      timer = 0;
      setShown([...earlier, state]);
    };
    const take = (line) => {
      state = after(state, line);
      if (line.event === "start") {
        setCurrent(earlier.length);
        setStarting(false);
        go(link(["solve"], { id: state.id }), { replace: true });
      }
      timer ||= setTimeout(draw, line.event === "delta" ? FRAME : 0);
    };
    try {
      await stream("/solve/runs", body, take, control.current.signal);
    } catch (failure) {
      if (failure.name === "AbortError") return clearTimeout(timer);
      setError(failure);
    }
    setStarting(false);
    clearTimeout(timer);
    if (state) {
      if (state.running) state = finished(state);
      draw();
    }
  };
  const start = () => {
    const { text, taken, settings } = asked;
    const which = taken ? { taken: { benchmark: taken.benchmark, split: taken.split, number: taken.number } } : { problem: text };
    setPicking(false);
    return run({ ...settings, ...which }, []);
  };
  const change = (next) => {
    if (!solve && next.taken !== asked.taken) setJudged(null);
    setAsked(next);
  };
  const goOn = () => {
    const body = { ...asked.settings, votes: 1, going_on: { solve: solve.id, vote: edit.vote, block: edit.at, code: edit.code } };
    return run(body, shown.slice(0, current + 1));
  };
  const stop = async () => {
    const id = shown.at(-1)?.id;
    try {
      if (id && !starting) await api(`/solve/runs/${id}/stop`, { method: "POST" });
      else control.current?.abort();
    } catch {
      control.current?.abort();
    }
    if (starting) setStarting(false);
  };
  const move = (step) => {
    const places = [...page.current.querySelectorAll(solve?.votes.length > 1 ? ".vote" : ".block")];
    const at = places.findIndex((place) => place === document.activeElement || place.contains(document.activeElement));
    const next = places[Math.min(Math.max(at + step, 0), places.length - 1)];
    if (!next) return;
    next.setAttribute("tabindex", "-1");
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    b: ["take a problem from a benchmark", () => setPicking(!picking)],
    s: running && ["stop", stop],
  });

  const answers = solve?.votes.map((vote) => vote.answer) ?? [];
  const from = solve ? solve.taken : asked.taken;
  return html`<div ref=${page} class="solve">
    <h1>Solve</h1>
    <${Form} choices=${choices} asked=${asked} onChange=${change} onSolve=${start} running=${running} onStop=${stop} picking=${picking} onPick=${setPicking} />
    ${error && html`<${Failure} error=${error} />`}
    ${!solve && from && html`<${Reference} taken=${from} answers=${[]} judged=${judged} onJudged=${setJudged} />`}
    ${solve &&
    html`<section class="solved" aria-label="What came of it">
      <header>
        <${Rich} text=${solve.question} class="question" />
        <p class="facts">
          <span aria-live="polite">${said(solve)}</span>
          <span class="dim">${solve.model}</span>
          ${!solve.running && solve.votes.some((vote) => vote.parts.length) && html`<button type="button" onClick=${() => share(solve, setError)}>Share as a file</button>`}
        </p>
        ${shown.length > 1 && html`<${Steps} shown=${shown} current=${current} onChange=${(at) => (setCurrent(at), setEdit(null), setJudged(null))} />`}
        ${solve.failure && html`<${Failure} error=${solve.failure} />`}
        ${from && html`<${Reference} key=${solve.id} taken=${from} answers=${answers} judged=${judged} onJudged=${setJudged} />`}
      </header>
      <${Results} solve=${solve} grades=${judged?.grades} edit=${edit} onEdit=${setEdit} onGoOn=${goOn} />
    </section>`}
  </div>`;
}

// The ways that were gone: the first try, and each that went on from edited code.
function Steps({ shown, current, onChange }) {
  return html`<div class="tries" role="group" aria-label="Tries">
    ${shown.map((solve, at) => html`<button type="button" key=${solve.id} aria-pressed=${at === current} onClick=${() => onChange(at)}>${at ? `edited, ${at}` : "first try"}</button>`)}
  </div>`;
}

function said(solve) {
  if (solve.loading) return "the model is being loaded …";
  if (solve.running) return "being solved …";
  if (solve.failure) return "failed";
  const answer = solve.votes.length > 1 ? solve.tally.answer : solve.votes[0].answer;
  if (solve.votes.every((vote) => vote.state === "stopped")) return "stopped";
  return answer === null || answer === undefined ? "no answer" : "solved";
}

async function share(solve, setError) {
  try {
    await download(`/solve/runs/${solve.id}/page`, { method: "POST", name: "solution.html" });
    setError(null);
  } catch (failure) {
    setError(failure);
  }
}

// Settings as they were last, where they still mean something.
function settingsOf({ defaults, most_votes: most }) {
  const { problem, taken, going_on, ...settings } = defaults;
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {}
  for (const [name, value] of Object.entries(settings))
    if (name in kept && (typeof kept[name] === typeof value || settings[name] === null)) settings[name] = kept[name];
  return { ...settings, votes: Math.min(Math.max(settings.votes, 1), most) };
}

// A problem that the address names.
async function take({ benchmark, split = "test", number = 0 }, setAsked, setError) {
  try {
    const problem = await api(`/solve/problem?${link([], { benchmark, split, number }).split("?")[1]}`);
    setAsked((asked) => ({ ...asked, text: problem.asked, taken: problem }));
  } catch (failure) {
    setError(failure);
  }
}

// What was solved before, which the studio still keeps.
async function look(id, setShown, setAsked, setError) {
  try {
    const solve = await api(`/solve/runs/${encodeURIComponent(id)}`);
    const taken = solve.taken && (await api(`/solve/problem?${link([], solve.taken).split("?")[1]}`));
    setShown((shown) => (shown.length ? shown : [solve]));
    setAsked((asked) => ({ ...asked, text: solve.question, taken }));
  } catch (failure) {
    if (failure.status !== 404) setError(failure);
  }
}
