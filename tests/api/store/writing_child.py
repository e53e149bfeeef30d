"""A program whose children decide on flags and print each decision once it is on the disk, until they are killed.

It reads "FIRST END" lines; for each it starts a child over these flags, prints the child's id, and "killed" at its end.
"""

import os
import sys
from pathlib import Path
from threading import Thread

from geocensus_api.store.writer import Writer

from geocensus.workspace import Decision
from geocensus.workspace.review import decide


def write(path: Path, numbers: list[int]) -> None:
    """Decide on flags in four threads."""
    writer = Writer(path)

    def some(part: list[int]) -> None:
        for number in part:
            decision = Decision(f"f{number}", "false_alarm", "王工", comment=str(number))
            done = writer.write(lambda connection, one=decision: decide(connection, [one]))
            os.write(1, f"{number} {done[0].decision_id}\n".encode())

    threads = [Thread(target=some, args=(numbers[k::4],)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    for line in sys.stdin:
        first, end = map(int, line.split())
        if not (child := os.fork()):
            os.write(1, f"{os.getpid()}\n".encode())
            write(Path(sys.argv[1]), list(range(first, end)))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"\nkilled\n")
