// Curves of runs, asked for again while a run is at work.

import { useEffect, useRef, useState } from "preact/hooks";

import { api } from "./parts.js";

const AT_WORK = 3_000; // milliseconds between two questions
const AT_REST = 15_000;

// `{data, error}` by the name of the run. One that is finished is asked for once; nothing is asked for while the page
// is out of sight.
export function useCurves(names) {
  const [runs, setRuns] = useState({});
  const known = useRef({});
  const key = names.join("\n");
  useEffect(() => {
    const control = new AbortController();
    let timer = 0;
    const ask = async (name) => {
      const before = known.current[name];
      if (before?.data?.state === "finished" && !before.error) return;
      const seen = encodeURIComponent(before?.data?.version ?? "");
      try {
        const answer = await api(`/trainings/${encodeURIComponent(name)}/curves?seen=${seen}`, { signal: control.signal });
        known.current[name] = { data: answer.curves ? answer : { ...before.data, state: answer.state }, error: null };
      } catch (error) {
        if (!control.signal.aborted) known.current[name] = { ...before, error };
      }
    };
    const round = async () => {
      if (!document.hidden) {
        await Promise.all(names.map(ask));
        if (control.signal.aborted) return;
        setRuns({ ...known.current });
      }
      const states = names.map((name) => known.current[name]?.data?.state);
      if (states.every((state) => state === "finished")) return;
      timer = setTimeout(round, states.includes("running") ? AT_WORK : AT_REST);
    };
    round();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return runs;
}
