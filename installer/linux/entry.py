"""Where the packaged till begins: the till's commands, as `tresen COMMAND`."""

import sys

from pos_client.app.cli import main

sys.exit(main())
