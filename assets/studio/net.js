// How the page talks to the studio: answers are JSON, long ones come line by line.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

const TOKEN = "mathcoder-token";

// What is shown of an answer that is not one.
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

async function request(path, { method = "GET", body, signal } = {}) {
  const headers = {};
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers["X-Studio-Token"] = token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("the studio does not answer; is `mathcoder studio` still running?", 0);
  }
  if (!answer.ok) {
    const { error } = await answer.json().catch(() => ({}));
    throw new ApiError(error ?? `the studio answered ${answer.status}`, answer.status);
  }
  return answer;
}

// What the studio answers to a path such as "/runs".
export async function api(path, options) {
  const answer = await request(path, options);
  return answer.json();
}

// Asks for NDJSON and calls `onLine` with each object as it comes. Ends when the answer does; aborting the signal
// rejects with an AbortError. A line of the form {"error": ...} rejects with its text.
export async function stream(path, body, onLine, signal) {
  const answer = await request(path, { method: "POST", body, signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const take = (line) => {
    if (!line.trim()) return;
    const read = JSON.parse(line);
    if (typeof read.error === "string" && Object.keys(read).length === 1) throw new ApiError(read.error, 200);
    onLine(read);
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      lines.forEach(take);
    }
    take(rest);
  } catch (error) {
    reader.cancel().catch(() => {});
    if (error.name === "AbortError" || error instanceof ApiError) throw error;
    throw new ApiError("the answer broke off; is `mathcoder studio` still running?", 0);
  }
}

// Saves what the studio answers as a file.
export async function download(path, { name = "download", ...options } = {}) {
  const answer = await request(path, options);
  const given = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1];
  const url = URL.createObjectURL(await answer.blob());
  const link = Object.assign(document.createElement("a"), { href: url, download: given ?? name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// `{data, error, loading, reload}` of a path; a new path keeps the old data until its own is there. A path of null
// asks for nothing. With `every` (milliseconds) it is asked again and again while the page is seen.
export function useFetch(path, { every = 0 } = {}) {
  const [state, setState] = useState({ data: null, error: null, loading: path !== null });
  const running = useRef(null);
  const load = useCallback(
    async (quiet) => {
      if (quiet && running.current) return; // the last one is still on its way
      running.current?.abort();
      if (path === null) return setState({ data: null, error: null, loading: false });
      const control = (running.current = new AbortController());
      if (!quiet) setState((before) => ({ ...before, loading: true }));
      try {
        const data = await api(path, { signal: control.signal });
        if (control.signal.aborted) return;
        // What did not change stays the same object, so that nothing is drawn again.
        setState((before) => ({ data: quiet && same(before.data, data) ? before.data : data, error: null, loading: false }));
      } catch (error) {
        if (!control.signal.aborted) setState((before) => ({ data: quiet ? before.data : null, error, loading: false }));
      } finally {
        if (running.current === control) running.current = null;
      }
    },
    [path],
  );
  useEffect(() => {
    load(false);
    const timer = every ? setInterval(() => document.hidden || load(true), every) : 0;
    return () => {
      clearInterval(timer);
      running.current?.abort();
    };
  }, [load, every]);
  return { ...state, reload: () => load(false) };
}
