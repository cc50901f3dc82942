"""`python -m pos_client.sync`."""

import sys

from pos_client.sync.process import main

sys.exit(main())
