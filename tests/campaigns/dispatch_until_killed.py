"""Run as a process by the crash test: a worker that sends until somebody kills it.

Arguments: database URL, SMTP URL, data folder, the instant at which its clock stands, holder.
"""

from __future__ import annotations

import sys
from datetime import datetime

from campaigns.jobs.dispatch import Dispatcher
from campaigns.transports.chosen import open_transports
from loyalty.kernel.cache import open_cache
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import Keys


def main() -> None:
    """Send for a minute, or until killed."""
    url, smtp_url, data_dir, instant, holder = sys.argv[1:]
    settings = Settings(
        mode=Mode.TEST,
        secret_key="only-for-tests-0123456789-abcdefghijklmnop",
        public_url="http://127.0.0.1",
        data_dir=data_dir,
        mail_transport="smtp",
        smtp_url=smtp_url,
        cookie_secure=False,
    )
    database = Database(url, clock=MovableClock(datetime.fromisoformat(instant)))
    runtime = Runtime(settings, database, Keys(settings.secret_key), open_cache(""))
    with open_transports(runtime) as transports:
        Dispatcher(runtime, transports, holder=holder, batch=40).run(seconds=60)


if __name__ == "__main__":
    main()
