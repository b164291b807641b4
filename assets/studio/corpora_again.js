// "Run again": the code that is stored runs in the sandbox, and what comes out is put beside what is stored.

import { useState } from "preact/hooks";

import { VerdictTag } from "./corpora_parts.js";
import { Blocks, Failure, Output, Spinner, Tag, api, html } from "./parts.js";

export function useAgain(base, row, computation) {
  const [state, setState] = useState({ busy: false, found: null, error: null });
  const run = async () => {
    setState({ busy: true, found: null, error: null });
    try {
      const found = await api(`${base}/again`, { method: "POST", body: { place: row.place, id: row.id, computation } });
      setState({ busy: false, found, error: null });
    } catch (error) {
      setState({ busy: false, found: null, error });
    }
  };
  return [state, run];
}

const Same = ({ same, said }) => html`<${Tag} tone=${same ? "good" : "bad"}>${said ?? (same ? "the same" : "not the same")}<//>`;

export function AgainButton({ state, run, of = "" }) {
  return html`<button type="button" class="again" disabled=${state.busy} onClick=${run} aria-label=${of ? `Run again: ${of}` : undefined}>Run again</button>`;
}

// What a computation came to, stored and now.
export function Now({ state: { busy, found, error } }) {
  return html`<div class="now" aria-live="polite">
    ${busy && html`<${Spinner} label="Running" />`}
    ${error && html`<${Failure} error=${error} />`}
    ${found &&
    html`<div class="compared">
      <div><h4>Stored <${VerdictTag} verdict=${found.stored.verdict} /></h4><${Output} text=${found.stored.output ?? ""} /></div>
      <div>
        <h4>Now <${VerdictTag} verdict=${found.now.verdict} /> <${Same} same=${found.same} /></h4>
        <${Output} text=${found.now.output} images=${found.now.images} />
        <p class="dim">${found.now.reason}${found.now.reason ? ", " : ""}${found.now.seconds} s</p>
      </div>
    </div>`}
  </div>`;
}

// An answer in a box that stands in no formula is one.
const boxed = (text) => (/\$|\\[([]/.test(text) ? text : text.replace(/\\boxed\{[^{}]*\}/g, "\\($&\\)"));
const drawn = (block) => (block.type === "text" ? { ...block, content: boxed(block.content) } : block);

// A solution in blocks; below each output that was stored stands what comes out now.
export function SolutionAgain({ base, row }) {
  const [state, run] = useAgain(base, row, null);
  const now = new Map((state.found?.blocks ?? []).map((block) => [block.index, block]));
  const stored = row.blocks.some((block) => block.type === "code");
  return html`
    ${stored && html`<p><${AgainButton} state=${state} run=${run} />
      <span aria-live="polite">${state.busy && " running …"}${state.found && html` <${Same} same=${state.found.same} said=${state.found.same ? "all outputs are the same" : "an output is not the same"} />`}</span></p>`}
    ${state.error && html`<${Failure} error=${state.error} />`}
    ${row.blocks.map((block, at) => {
      const code = now.get(at) ?? now.get(at - 1);
      if (block.type === "execution" && code) return html`<${Compared} key=${at} stored=${block.content} block=${code} />`;
      const last = block.type === "code" && code && row.blocks[at + 1]?.type !== "execution";
      return html`<${Blocks} key=${at} blocks=${[drawn(block)]} />${last && html`<${Compared} stored=${null} block=${code} />`}`;
    })}
  `;
}

function Compared({ stored, block }) {
  return html`<div class="compared">
    <div><h4>Stored</h4>${stored === null ? html`<p class="dim">no output is stored</p>` : html`<${Output} text=${stored} />`}</div>
    <div><h4>Now <${Same} same=${block.same} said=${block.outcome} /></h4><${Output} text=${block.now.output} images=${block.now.images} /><p class="dim">${block.now.seconds} s</p></div>
  </div>`;
}
