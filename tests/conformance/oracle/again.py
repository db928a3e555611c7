"""Plays a scenario again, several times, with objects at other places in memory and other times of collection.

python again.py [COUNT] < SCENARIO: reads {"zoo": ..., "steps": [...]} and writes each different outcome, a line each.

Where two parents claim one child, two rows may go first, or an object waits for
the garbage collector or hangs on a traceback, SQLAlchemy's answer depends on
such things: it leaves the answer open.
"""
import gc
import json
import random
import sys

from sqlalchemy import event

from oracle import Player


class Shaken(Player):
    """A player whose objects lie elsewhere."""

    def __init__(self, zoo_name, seed):
        super().__init__(zoo_name)
        self.rng = random.Random(seed)
        self.ballast = []
        self.collector = ["normal", "often", "off"][seed % 3]
        if self.collector == "often":
            event.listen(self.engine, "before_cursor_execute", lambda *_: gc.collect())

    def play(self, ops):
        steps = []
        try:
            for op in ops:
                self.shake()
                steps += super().play([op])
        finally:
            gc.enable()
        return steps

    def shake(self):
        if self.collector == "often":
            self.forget_tracebacks()
            gc.collect()
        elif self.collector == "off":
            gc.disable()
        classes = list(self.classes.values())
        for _ in range(self.rng.randint(0, 4)):
            obj = self.rng.choice(classes)()
            if self.rng.random() < 0.7:
                self.ballast.append(obj)

    def forget_tracebacks(self):
        """The session keeps the exception of a flush that failed, whose frames keep what that flush has loaded."""
        transaction = self.session._transaction
        while transaction is not None:
            exception = transaction._rollback_exception
            while exception is not None:
                exception.__traceback__ = None
                exception = exception.__context__
            transaction = transaction._parent


def play_again(zoo_name, ops, seed):
    player = Shaken(zoo_name, seed)
    try:
        return player.play(ops)
    finally:
        player.close()


def freeze():
    """Takes the modules out of every collection to come, which is most of the time that one takes."""
    gc.collect()
    gc.freeze()


def main():
    freeze()
    scenario = json.load(sys.stdin)
    ops = [step["op"] for step in scenario["steps"]]
    seen = {json.dumps(scenario["steps"], sort_keys=True)}
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 24):
        steps = play_again(scenario["zoo"], ops, seed)
        text = json.dumps(steps, sort_keys=True)
        if text not in seen:
            seen.add(text)
            print(json.dumps({**scenario, "steps": steps}, separators=(",", ":")))


if __name__ == "__main__":
    main()
