// What is asked: the problem, who solves it, and how.

import { useEffect, useState } from "preact/hooks";

import { Details, Failure, api, html } from "./parts.js";
import { Picker } from "./solve_picker.js";

const OTHER = "another …";

// `asked` is what will be asked ({text, taken, settings}); `onChange` gets it with changes.
export function Form({ choices, asked, onChange, onSolve, running, onStop, picking, onPick }) {
  const { text, taken, settings } = asked;
  const set = (name, value) => onChange({ ...asked, settings: { ...settings, [name]: value } });
  const send = (event) => {
    event.preventDefault();
    if (!running && text.trim()) onSolve();
  };
  return html`<form class="ask" aria-label="What to solve" onSubmit=${send}>
    <label class="problem">Problem
      <textarea rows="4" maxlength="100000" value=${text} data-search=${picking ? undefined : true}
        placeholder="Type a problem; formulas between dollar signs."
        onInput=${(event) => onChange({ ...asked, text: event.currentTarget.value, taken: null })}
        onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send(event)}></textarea>
    </label>
    <div class="go">
      ${running
        ? html`<button type="button" class="stop" onClick=${onStop}>Stop</button>`
        : html`<button type="submit" class="main" disabled=${!text.trim()} title="Ctrl+Enter">Solve</button>`}
      <button type="button" aria-expanded=${picking} aria-controls="picker" onClick=${() => onPick(!picking)}>From a benchmark</button>
      ${taken && html`<span class="taken">${taken.title} · ${taken.split} · number ${taken.number}</span>`}
    </div>
    ${picking && html`<${Picker} start=${taken} onTake=${(problem) => onChange({ ...asked, text: problem.asked, taken: problem })} />`}
    <div class="settings">
      <${ModelChoice} settings=${settings} set=${set} first=${choices.model} />
      <label>Dialect
        <select value=${settings.dialect} onChange=${(event) => set("dialect", event.currentTarget.value)}>
          ${choices.dialects.map((name) => html`<option value=${name} selected=${name === settings.dialect}>${name}</option>`)}
        </select>
      </label>
      <${NumberField} label="Votes" name="votes" min="1" max=${choices.most_votes} settings=${settings}
        set=${(name, votes) => onChange({ ...asked, settings: { ...settings, votes, temperature: votes > 1 && !settings.temperature ? 0.7 : settings.temperature } })} />
      <${NumberField} label="Temperature" name="temperature" min="0" max="2" step="0.1" settings=${settings} set=${set} />
    </div>
    <${Details} summary="More settings">
      <div class="settings">
        <label>Worked examples
          <select value=${String(settings.examples)} onChange=${(event) => set("examples", { null: null, true: true, false: false }[event.currentTarget.value])}>
            ${[["null", "where the model needs them"], ["true", "shown"], ["false", "not shown"]].map(
              ([value, said]) => html`<option value=${value} selected=${value === String(settings.examples)}>${said}</option>`,
            )}
          </select>
        </label>
        <${NumberField} label="Seed" name="seed" min="0" max="2147483647" settings=${settings} set=${set} />
        <${NumberField} label="Rounds at most" name="rounds" min="1" max="100" settings=${settings} set=${set} />
        <${NumberField} label="Tokens at most" name="tokens" min="1" max="100000" settings=${settings} set=${set} />
        <${NumberField} label="Seconds at most" name="seconds" min="1" max="3600" settings=${settings} set=${set} />
        <label>Variable with the API key
          <input type="text" value=${settings.key_env} pattern="[A-Za-z_][A-Za-z0-9_]*" maxlength="100" required spellcheck=${false}
            onChange=${(event) => set("key_env", event.currentTarget.value)} />
        </label>
        <label class="system">Instruction before the question
          <input type="text" value=${settings.system ?? ""} placeholder="the usual one of the model" maxlength="10000"
            onChange=${(event) => set("system", event.currentTarget.value.trim() || null)} />
        </label>
        <${CheckField} label="The model checks each answer with code" name="verify" settings=${settings} set=${set} />
        <${CheckField} label="Round decimals to 6 places" name="round_decimals" settings=${settings} set=${set} />
      </div>
    <//>
  </form>`;
}

function NumberField({ label, name, settings, set, ...limits }) {
  const change = (event) => event.currentTarget.value !== "" && event.currentTarget.checkValidity() && set(name, event.currentTarget.valueAsNumber);
  return html`<label>${label}<input type="number" required ...${limits} value=${settings[name]} onChange=${change} /></label>`;
}

function CheckField({ label, name, settings, set }) {
  return html`<label class="check"><input type="checkbox" checked=${settings[name]} onChange=${(event) => set(name, event.currentTarget.checked)} />${label}</label>`;
}

// What `mathcoder models` finds, or a string as typed.
function ModelChoice({ settings, set, first }) {
  const [found, setFound] = useState([]);
  const [typed, setTyped] = useState(false);
  const [error, setError] = useState(null);
  useEffect(() => {
    const control = new AbortController();
    api("/solve/models", { method: "POST", body: { key_env: settings.key_env }, signal: control.signal })
      .then((models) => (setFound(models), setError(null)))
      .catch((failure) => failure.name === "AbortError" || setError(failure));
    return () => control.abort();
  }, [settings.key_env]);
  const specs = [...new Set([first, ...found.map((model) => model.spec), settings.model].filter(Boolean))];
  const current = settings.model || first;
  return html`<label class="model">Model
      <select value=${typed ? OTHER : current} title=${current}
        onChange=${({ currentTarget: { value } }) => (setTyped(value === OTHER), value !== OTHER && set("model", value))}>
        ${specs.map((spec) => html`<option value=${spec} selected=${!typed && spec === current}>${shortly(spec)}</option>`)}
        <option value=${OTHER} selected=${typed}>${OTHER}</option>
      </select>
    </label>
    ${typed &&
    html`<label class="model">Model, as --model takes it
      <input type="text" value=${settings.model} placeholder="NAME@http://localhost:8000/v1" maxlength="1000" spellcheck=${false}
        onChange=${(event) => set("model", event.currentTarget.value.trim())} />
    </label>`}
    ${error && html`<${Failure} error=${error} />`}`;
}

// The last two parts of a long path.
function shortly(spec) {
  return spec.length > 44 && spec.includes("/") && !spec.includes("://") ? `… ${spec.split("/").slice(-2).join("/")}` : spec;
}
