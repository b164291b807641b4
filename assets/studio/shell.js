// The frame of every view: the bar on top, the theme, the help; and which view is seen.

import { Component, html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

import Compare from "./compare.js";
import Corpora from "./corpora.js";
import Home from "./home.js";
import { activeKeys, useKeys } from "./keys.js";
import { keepToken, useFetch } from "./net.js";
import { Empty, Failure, Spinner } from "./parts.js";
import { link, read } from "./route.js";
import Solve from "./solve.js";
import Traces from "./traces.js";
import Trainings from "./trainings.js";

const OF_KIND = { evaluation: Traces, corpus: Corpora, instruct: Corpora, training: Trainings };
const ALONE = { solve: Solve, compare: Compare };
const SECTIONS = [
  ["solve", "Solve"],
  ["evaluations", "Evaluations"],
  ["data", "Data"],
  ["trainings", "Training"],
];
const SECTION_OF = { evaluation: "evaluations", corpus: "data", instruct: "data", training: "trainings" };
const THEMES = { auto: ["◐", "light"], light: ["☀", "dark"], dark: ["☾", "auto"] };

export function Shell() {
  const place = usePlace();
  const runs = useFetch("/runs", { every: 10_000 });
  const [help, setHelp] = useState(false);
  const main = useRef();
  const [first, name] = place.parts;
  const run = first === "runs" ? runs.data?.runs.find((one) => one.name === name) : undefined;
  const section = run ? SECTION_OF[run.kind] : first === "compare" ? "evaluations" : first;
  const where = `${first}/${name}`;

  useKeys({
    "?": () => setHelp(true),
    "/": () => main.current.querySelector("[data-search]")?.focus(),
  });
  useEffect(() => {
    const title = run?.title ?? SECTIONS.find(([part]) => part === section)?.[1];
    document.title = title ? `${title} · mathcoder studio` : "mathcoder studio";
  }, [run?.title, section]);
  const seen = useRef(where);
  useEffect(() => {
    if (seen.current === where) return;
    seen.current = where;
    main.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [where]);

  return html`
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>Skip to content</a>
    <header class="bar">
      <a class="brand" href="#/" aria-label="mathcoder studio, start">mathcoder <b>studio</b></a>
      <nav aria-label="Studio">
        ${SECTIONS.map(([part, label]) => html`<a href=${link([part])} aria-current=${section === part ? "page" : undefined}>${label}</a>`)}
      </nav>
      <span class="tools">
        <${Theme} />
        <button type="button" class="plain sign" aria-label="Keys" title="Keys (?)" onClick=${() => setHelp(true)}>?</button>
      </span>
    </header>
    <main id="main" tabindex="-1" ref=${main}>
      <${Guarded} key=${where}><${Chosen} place=${place} run=${run} runs=${runs} /><//>
    </main>
    ${help && html`<${Help} onClose=${() => setHelp(false)} />`}
  `;
}

function Chosen({ place, run, runs }) {
  const [first, name, ...rest] = place.parts;
  if (Object.hasOwn(ALONE, first ?? "")) return html`<${ALONE[first]} rest=${place.parts.slice(1)} query=${place.query} runs=${runs.data?.runs ?? []} />`;
  if (runs.error && !runs.data) return html`<${Failure} error=${runs.error} retry=${runs.reload} />`;
  if (!runs.data) return html`<${Spinner} label="Looking for runs" />`;
  if (first !== "runs") {
    const kinds = Object.keys(SECTION_OF).filter((kind) => SECTION_OF[kind] === first);
    return html`<${Home} runs=${runs.data.runs} folders=${runs.data.folders} kinds=${kinds} query=${place.query} />`;
  }
  if (!run) return html`<${Empty} title="There is no such run">It may have been moved; <a href="#/">see what there is</a>.<//>`;
  if (run.state === "broken") return html`<h1>${run.title}</h1><${Failure} error=${run.facts.why} />`;
  return html`<${OF_KIND[run.kind]} run=${run} rest=${rest} query=${place.query} />`;
}

// What a view that failed leaves: a line, and a way on.
class Guarded extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ error });
  }

  render({ children }, { error }) {
    if (!error) return children;
    return html`<${Failure} error=${`this view failed (${error.message})`} retry=${() => this.setState({ error: null })} />`;
  }
}

// The address that the command prints ends in #token=TOKEN/PATH; the token is kept for this tab and goes out of sight.
function here() {
  const given = location.hash.match(/^#token=([^/]+)(\/.*)?$/);
  if (given) {
    keepToken(decodeURIComponent(given[1]));
    history.replaceState(null, "", `#${given[2] ?? "/"}`);
  }
  return read(location.hash);
}

function usePlace() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const change = () => setPlace(here());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return place;
}

function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? "auto");
  const [sign, next] = THEMES[theme] ?? THEMES.auto;
  const change = () => {
    document.documentElement.dataset.theme = next;
    setTheme(next);
    localStorage.setItem("theme", next);
  };
  return html`<button type="button" class="plain sign" aria-label=${`Theme: ${theme}; change to ${next}`} title=${`Theme: ${theme}`} onClick=${change}>${sign}</button>`;
}

function Help({ onClose }) {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} class="help" aria-labelledby="help-title" onClose=${onClose} onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <div>
      <h2 id="help-title">Keys</h2>
      <dl>${[...activeKeys(), ["Escape", "close, or stop writing"]].map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
      <form method="dialog"><button>Close</button></form>
    </div>
  </dialog>`;
}
