"""A till in a process of its own that sells, or only prints what waits; killed by the test that started it."""

import sys
import time
from pathlib import Path

from pos_client.app.composition import open_till
from pos_client.app.printing import Pace, start_printing
from pos_client.storage.print_queue import PrintQueue
from tests.integration.till_world import PIN


def main(data, address, sales):
    till = open_till(Path(data))
    till.login.on_login("101", PIN)
    printing = start_printing(till, address, Pace(first=0.02, most=0.1, idle=0.2))
    for _ in range(int(sales)):
        till.basket.on_add("S1")
        till.payment.on_cash()
        till.payment.on_finish()
        sys.stdout.write(f"{till.payment.last_receipt.receipt_id.printed_number}\n")
    queue = PrintQueue(till.journal.file)
    while queue.waiting():
        time.sleep(0.02)
    held = " ".join(str(job.job) for job in queue.held())
    sys.stdout.write(f"held {held}\n")
    printing.close()
    till.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
