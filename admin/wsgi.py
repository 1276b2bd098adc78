"""What a web server runs: ``granian --interface wsgi admin.wsgi:app``.

Settings come from the environment.
"""

from __future__ import annotations

import os

from admin.app import create_app
from loyalty.kernel.logs import configure_logs
from loyalty.kernel.runtime import open_runtime
from loyalty.kernel.settings import load_settings

_settings = load_settings(os.environ)
configure_logs(_settings.log_level)
app = create_app(open_runtime(_settings))
