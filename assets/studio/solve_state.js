// What the page knows of a problem being solved, put together from the lines of its stream.

const newVote = () => ({ parts: [], state: "waiting", open: false, answer: null, ended: "unknown", note: "", cost: null, check: null });

export const STATES = {
  waiting: ["waits", ""],
  running: ["solving", "good"],
  checking: ["checking its answer", "good"],
  done: ["done", ""],
  stopped: ["stopped", "unsure"],
};

// Why a solution ended, where it is not by an answer.
export const ENDS = {
  no_answer: "it ended without an answer",
  empty: "the model wrote nothing",
  rounds: "the limit on rounds was reached",
  tokens: "the limit on tokens was reached",
  time: "the time was up",
  repeated_error: "the same code failed twice",
  model_error: "the model failed",
};

// The state of a solve after one more line; `null` before the first.
export function after(solve, line) {
  switch (line.event) {
    case "start":
      return { ...line, running: true, loading: true };
    case "ready":
      return { ...solve, model: line.model, loading: false };
    case "tally":
      return { ...solve, tally: line };
    case "failed":
      return finished({ ...solve, failure: line.error });
    case "stopped":
    case "end":
      return finished(solve);
    default:
      return { ...solve, votes: solve.votes.map((vote, at) => (at === line.vote ? afterVote(vote, line) : vote)) };
  }
}

// Nothing of it goes on, whatever the reason.
export function finished(solve) {
  const votes = solve.votes.map((vote) => (vote.state === "done" ? vote : { ...vote, state: "stopped", open: false }));
  return { ...solve, votes, running: false, loading: false };
}

function afterVote(vote, line) {
  switch (line.event) {
    case "begun":
      return { ...newVote(), parts: vote.parts, state: "running" };
    case "delta":
      return { ...vote, open: true, parts: withText(vote, line) };
    case "executed":
      return { ...vote, open: false, parts: [...vote.parts, line.part] };
    case "solved":
    case "checked":
      return { ...vote, ...line, open: false };
    default:
      return vote;
  }
}

function withText({ parts, open }, { type, text }) {
  const last = parts.at(-1);
  if (open && last.type === type) return [...parts.slice(0, -1), { ...last, content: last.content + text }];
  return [...parts, { type, content: text }];
}
