// Clusters of copies: the one that stayed, the others with why they went, and how two of them differ.

import { Marked, asked, rowLink } from "./corpora_parts.js";
import { Empty, Failure, Pager, Spinner, Stat, Stats, Table, Tag, count, go, html, runLink, useFetch } from "./parts.js";

const SIZE = 20;

export default function Copies({ run, base, query }) {
  if (query.one && query.other) return html`<${Difference} run=${run} base=${base} query=${query} />`;
  return query.cluster ? html`<${Cluster} run=${run} base=${base} query=${query} />` : html`<${Clusters} run=${run} base=${base} query=${query} />`;
}

function Clusters({ run, base, query }) {
  const start = Number(query.start) || 0;
  const { data, error, reload } = useFetch(asked(`${base}/clusters`, { start, size: SIZE }));
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} />`;
  if (!data.clusters) return html`<${Empty} title="No row is a copy of another" />`;
  const params = Object.entries(data.params).map(([name, value]) => `${name} ${value}`).join(", ");
  return html`
    <${Stats}>
      <${Stat} label="clusters of copies" value=${count(data.clusters)} />
      <${Stat} label="rows in them" value=${count(data.members)} />
      <${Stat} label="stayed" value=${count(data.kept)} />
    <//>
    ${params && html`<p class="about">Looked for with ${params}.</p>`}
    <${Pager} offset=${start} limit=${SIZE} total=${data.total} what="clusters, the largest first" onOffset=${(offset) => go(runLink(run, ["copies"], { start: offset || "" }))} />
    <ul class="rows">
      ${data.largest.map(
        (cluster) => html`<li>
          <a class="row-link" href=${runLink(run, ["copies"], { cluster: cluster.name })}><b>${count(cluster.size)} copies</b> <code>${cluster.name}</code></a>
          ${cluster.members.map((member) => html`<p class="facts"><${Kept} kept=${member.kept} /> <span class="dim">${member.why}</span> <code>${member.id}</code></p>`)}
          ${cluster.size > cluster.members.length && html`<p class="dim">and ${count(cluster.size - cluster.members.length)} more</p>`}
        </li>`,
      )}
    </ul>
    ${data.total < data.clusters && html`<p class="dim">The largest ${count(data.total)} of ${count(data.clusters)} are listed.</p>`}
  `;
}

const Kept = ({ kept }) => html`<${Tag} tone=${kept ? "good" : "bad"}>${kept ? "stays" : "goes"}<//>`;

function Cluster({ run, base, query }) {
  const { data, error, reload } = useFetch(asked(`${base}/cluster`, { name: query.cluster }));
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} />`;
  const kept = data.members.find((member) => member.kept);
  return html`
    <p><a href=${runLink(run, ["copies"])}>All clusters</a></p>
    <h2>${count(data.size)} copies</h2>
    <${Table} caption="Members of the cluster" head=${["row", "", "why", "source", "characters", "difference"]} numbers=${[4]}
      rows=${data.members.map((member) => [
        html`<a href=${rowLink(run, member.id)}>${member.title || member.id}</a><br /><span class="dim">${member.url}</span>`,
        html`<${Kept} kept=${member.kept} />`,
        member.why,
        member.source,
        count(member.length),
        !member.kept && kept && html`<a href=${runLink(run, ["copies"], { cluster: query.cluster, one: kept.id, other: member.id })}>beside the one that stays</a>`,
      ])} />
    ${data.size > data.members.length && html`<p class="dim">${count(data.size - data.members.length)} more are left out.</p>`}
  `;
}

function Difference({ run, base, query }) {
  const { one, other, cluster } = query;
  const { data, error, reload } = useFetch(asked(`${base}/difference`, { one, other }));
  if (error) return html`<${Failure} error=${error} retry=${reload} />`;
  if (!data) return html`<${Spinner} />`;
  return html`
    <p><a href=${runLink(run, ["copies"], { cluster })}>The cluster</a></p>
    <p class="about">Marked is what the other one does not have.</p>
    <div class="beside texts">
      ${[[data.one, "Stays", true], [data.other, "Goes", false]].map(
        ([side, said, kept]) => html`<div>
          <h3><${Kept} kept=${kept} /> <a href=${rowLink(run, side.id)}>${side.id}</a></h3>
          <${Marked} pieces=${side.pieces} mark=${(both) => !both} what="not in the other" />
          ${side.left_out > 0 && html`<p class="dim">${count(side.left_out)} more characters are left out.</p>`}
        </div>`,
      )}
    </div>
  `;
}
