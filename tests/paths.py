"""Where things lie that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
PAYLOADS = ROOT / "tests" / "unit" / "slack" / "payloads"  # what Slack sends
