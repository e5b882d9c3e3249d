"""GEPA (gepa-ai/gepa) on our agent and analyst, through the bridge of docs/benchmarks.md: `PYTHONPATH=.../gepa/src python3 bench/peers/gepa-client.py`.

The bridge's batch is the minibatch; all else is as GEPA has it. Standard output carries the requests, so prints go to standard error.
"""

import json
import os
import sys

import gepa
from gepa.core.adapter import EvaluationBatch

replies, requests = sys.stdin, os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

# How many rejected edits a run remembers by default, times the edits of a candidate.
MOST_REJECTED = 96


class OutOfBudget(Exception):
    pass


def ask(request, **fields):
    requests.write(json.dumps({"request": request, **fields}) + "\n")
    requests.flush()
    reply = json.loads(replies.readline())
    if "ok" in reply:
        return reply["ok"]
    error = reply["error"]
    raise (OutOfBudget if error["code"] == "budget" else RuntimeError)(error["message"])


class Quiet:
    def log(self, *_):
        pass


class Adapter:
    """Evaluates and proposes through the bridge; keeps the edits proposed since the last candidate that was kept."""

    def __init__(self):
        self.rejected = []
        self.best = -1.0

    def evaluate(self, batch, candidate, capture_traces=False):
        tasks = [task["id"] for task in batch]
        rows = ask("rollout", skill=candidate["skill"], suite=batch[0]["suite"], tasks=tasks)["rows"]
        scores = [row["score"] or 0.0 for row in rows]
        return EvaluationBatch(outputs=tasks, scores=scores, trajectories=tasks if capture_traces else None)

    def make_reflective_dataset(self, candidate, eval_batch, components):
        return {component: [{"task": task} for task in eval_batch.trajectories] for component in components}

    def propose_new_texts(self, candidate, dataset, components):
        tasks = [row["task"] for row in dataset["skill"]]
        revision = ask("reflect", skill=candidate["skill"], tasks=tasks, rejected=self.rejected)
        self.rejected = (self.rejected + revision["edits"])[-MOST_REJECTED:]
        return {} if revision["skill"] is None else {"skill": revision["skill"]}

    def on_valset_evaluated(self, event):
        self.rejected = []
        if event["average_score"] > self.best:
            self.best = event["average_score"]
            ask("choose", skill=event["candidate"]["skill"])


begun = ask("hello", protocol=1, client="gepa")
suites = {
    suite: [{"id": task, "suite": suite} for task in ask("tasks", suite=suite)["tasks"]]
    for suite in ("train", "validation")
}
adapter = Adapter()
try:
    gepa.optimize(
        seed_candidate={"skill": begun["skill"]},
        trainset=suites["train"],
        valset=suites["validation"],
        adapter=adapter,
        reflection_lm=None,
        reflection_minibatch_size=begun["batch"],
        max_metric_calls=begun["budget"],
        seed=begun["seed"],
        logger=Quiet(),
        display_progress_bar=False,
        callbacks=[adapter],
    )
except OutOfBudget:
    # GEPA looks at its budget between iterations; the last one may not fit.
    pass
ask("bye")
