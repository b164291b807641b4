// The run in figures: what each stage got, kept and dropped, and why; what the data set is made of.

import { Bars, Legend, NONE, VerdictTag, asked, rowsLink, seconds } from "./corpora_parts.js";
import { Details, Failure, Spinner, Stat, Stats, Table, ago, count, html, percent, useFetch } from "./parts.js";

const NOTHING = ["", "not stated", "not known"]; // how the library counts rows that state nothing
const MOST_REASONS = 5;

export default function Overview({ run, base, overview }) {
  const state = `${overview.stages.length}/${overview.finished}`; // what it holds is counted again when a stage is done
  return html`
    ${!overview.finished && html`<${Notice} overview=${overview} />`}
    <${Contents} key=${state} run=${run} base=${base} overview=${overview} />
    <${Funnel} run=${run} base=${base} overview=${overview} />
    <${Rest} overview=${overview} />
  `;
}

function Notice({ overview }) {
  const done = `${overview.stages.length} of its stages are done`;
  const doing = overview.doing && ` The stage ${overview.doing.stage} began ${ago(overview.doing.since)}.`;
  return html`<p class="notice" role="status">
    ${overview.state === "running" ? `This run is being built: ${done}.` : `This run is not finished: ${done}. Give the same command again to go on.`}${doing}
  </p>`;
}

function Contents({ run, base, overview }) {
  const { data, error, reload } = useFetch(`${base}/contents`);
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} label="Counting" />`;
  return html`
    <${Stats}>
      ${data.figures.map(([name, value]) => html`<${Stat} label=${name} value=${count(value)} note=${name === "verified" ? percent(value / data.figures.find(([one]) => one === "computations")[1]) : ""} />`)}
      ${overview.licence && html`<${Stat} label="licence of the whole" value=${overview.licence} />`}
    <//>
    ${data.made_of.sources.length > 0 && html`<${MadeOf} run=${run} data=${data} />`}
    ${data.verdicts?.by_kind.length > 0 && html`<${Verdicts} run=${run} overview=${overview} data=${data} />`}
  `;
}

function MadeOf({ run, data }) {
  const { by, unit, sources } = data.made_of;
  const order = [...new Set(sources.flatMap((source) => source.parts.map(([name]) => name)))];
  const field = { licence: "licence", language: "language", model: "model" };
  return html`
    <h2>What it is made of <small>${unit} by source and ${by}</small></h2>
    <${Legend} names=${order} />
    <${Bars} groups=${sources} order=${order} unit=${unit} address=${(source) => rowsLink(run, { source: source.name })} />
    <${Details} summary=${`By ${data.tallies.filter((one) => one.values.length).map((one) => one.name).join(", ")}`}>
      <div class="tallies">
        ${data.tallies.filter((one) => one.values.length).map(
          (one) => html`<${Table} caption=${`${one.unit} by ${one.name}`} head=${[one.name, one.unit, "share"]} numbers=${[1, 2]}
            rows=${one.values.map(([value, amount]) => [
              one.name in field ? html`<a href=${rowsLink(run, { [one.name]: NOTHING.includes(value) ? NONE : value })}>${value || "not stated"}</a>` : value,
              count(amount),
              percent(amount / one.total),
            ])} />`,
        )}
      </div>
    <//>
  `;
}

function Verdicts({ run, overview, data }) {
  const { order, by_kind, by_translator } = data.verdicts;
  const there = new Set(by_kind.flatMap((group) => group.parts.map(([name]) => name)));
  const shown = [...order, ...[...there].filter((name) => !order.includes(name))];
  const place = overview.places.find(({ name }) => name === "kept:verify")?.name;
  const totals = new Map();
  by_translator.forEach((group) => group.parts.forEach(([name, amount]) => totals.set(name, (totals.get(name) ?? 0) + amount)));
  return html`
    <h2>Verdicts <small>what running the code of each computation came to</small></h2>
    <p class="chips">
      ${shown.filter((name) => totals.get(name)).map((name) =>
        place ? html`<a href=${rowsLink(run, { place, verdict: name })}><${VerdictTag} verdict=${name} many=${totals.get(name)} /></a>` : html`<${VerdictTag} verdict=${name} many=${totals.get(name)} />`,
      )}
    </p>
    <${Legend} names=${shown} has=${(name) => totals.get(name)} />
    ${by_translator.length > 1 && html`<h3>By translator</h3><${Bars} groups=${by_translator} order=${shown} unit="" share />`}
    <${Bars} groups=${by_kind} order=${shown} unit="" />
    ${data.skipped.length > 0 &&
    html`<${Details} summary="Formulas that no code was made of, by reason">
      <${Table} caption="Formulas that no code was made of" head=${["reason", "formulas"]} numbers=${[1]} rows=${data.skipped.map(([reason, amount]) => [reason, count(amount)])} />
    <//>`}
  `;
}

function Funnel({ run, base, overview }) {
  if (!overview.stages.length) return null;
  const gone = (stage) => stage.dropped.reduce((sum, [, amount]) => sum + amount, 0);
  const most = Math.max(1, ...overview.stages.map((stage) => Math.max(stage.rows_in, stage.kept + gone(stage))));
  const width = (amount) => ({ width: `${(100 * amount) / most}%` });
  return html`
    <h2>The funnel <small>what each stage kept and dropped, in rows</small></h2>
    <ol class="funnel">
      ${overview.stages.map((stage) => {
        const dropped = gone(stage);
        return html`<li>
          <span class="bar-name">${stage.name}</span>
          <span class="bar-track" aria-hidden="true"><i class="kept" style=${width(stage.kept)}></i><i class="gone" style=${width(dropped)}></i></span>
          <span class="bar-total">
            <a href=${rowsLink(run, { place: `kept:${stage.name}` })}>${count(stage.kept)} kept</a>
            ${dropped > 0 ? html`<a class="bad" href=${rowsLink(run, { place: `dropped:${stage.name}` })}>${count(dropped)} dropped</a>` : html`<span class="dim">none dropped</span>`}
          </span>
          <span class="bar-parts dim">
            ${stage.dropped.slice(0, MOST_REASONS).map(
              ([reason, amount]) => html`<a href=${rowsLink(run, { place: `dropped:${stage.name}`, reason })}>${reason} ${count(amount)}</a>`,
            )}
            <span>${stage.rows_in !== stage.kept + dropped ? `${count(stage.rows_in)} in, ` : ""}${seconds(stage.seconds)}</span>
          </span>
          ${dropped > 0 && html`<div class="why"><${Details} summary="Reasons in full"><${Reasons} run=${run} base=${base} stage=${stage.name} /><//></div>`}
        </li>`;
      })}
    </ol>
  `;
}

function Reasons({ run, base, stage }) {
  const { data, error, reload } = useFetch(asked(`${base}/reasons`, { stage }));
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} />`;
  const place = `dropped:${stage}`;
  return data.map(
    (sort) => html`<h3><a href=${rowsLink(run, { place, reason: sort.reason })}>${sort.reason}</a> <small>${count(sort.count)}</small></h3>
      <${Table} caption=${`Reasons of the sort ${sort.reason}`} head=${["in full", "rows"]} numbers=${[1]}
        rows=${sort.details.map(([detail, amount]) => [
          detail === "no more is said" ? detail : html`<a href=${rowsLink(run, { place, reason: `${sort.reason}: ${detail}` })}>${detail}</a>`,
          count(amount),
        ])} />
      ${sort.kinds > sort.details.length && html`<p class="dim">${count(sort.kinds - sort.details.length)} more are left out.</p>`}`,
  );
}

function Rest({ overview }) {
  return html`<h2>What was asked</h2>
    <${Details} summary="The recipe, with every default"><pre class="code raised" tabindex="0" role="region" aria-label="Recipe">${overview.recipe || "none is kept"}</pre><//>
    <${Details} summary="Versions">
      <${Table} caption="Versions" head=${["what", "version"]} rows=${Object.entries(overview.versions)} />
    <//>`;
}
