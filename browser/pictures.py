"""Draws the pictures of the documentation. `make pictures` builds the programs that it runs.

docs/images/demo.svg is the output of a rehearsed drain in real time, so its times differ from one drawing
to the next. docs/images/report.png is the top of the advisor's report.
"""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

from rich.cells import cell_len
from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from browser.opened import DESK, chromium, opened

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "target/debug"
IMAGES = ROOT / "docs/images"
REPORT = Path("target/report/picture.html")

# A page that shows the picture must not load fonts from elsewhere.
FONT_FACES = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)


def run(program: str, *arguments: str) -> str:
    """The output of a built program that runs in the root of the repository."""
    # Its errors go to the terminal, and a failure ends this program.
    ended = subprocess.run([BUILT / program, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return ended.stdout


def terminal(command: str, output: str) -> str:
    """A terminal in which a command has printed its output, as SVG."""
    # The empty last line keeps the picture from cutting off the line above it.
    text = Text.assemble((f"$ {command}", "bold"), "\n", Text.from_ansi(output.rstrip("\n")), "\n")
    # As wide as the longest line, so that no line wraps.
    width = max(cell_len(line) for line in text.plain.splitlines())
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(text, no_wrap=True, highlight=False)
    return console.export_svg(
        title="ecs-tide",
        theme=MONOKAI,
        code_format=FONT_FACES.sub("", CONSOLE_SVG_FORMAT),
        # Without a name of its own it would be named after its content.
        unique_id="demo",
    )


def draw_demo(file: Path) -> None:
    arguments = ["drain", "--seed", "1"]
    output = run("rehearse", *arguments)
    file.write_text(terminal(f"cargo run --quiet --bin rehearse -- {' '.join(arguments)}", output) + "\n")


def draw_report(file: Path) -> None:
    (ROOT / REPORT).parent.mkdir(parents=True, exist_ok=True)
    options = ["--quiet", "--objective", "p95=900ms", "--ramp", "10%/min", "--html", str(REPORT), "--force"]
    run("metric-advisor", "advise", "load-tests/worker-pool.csv", *options)
    with chromium() as browser, opened(browser, ROOT / REPORT, DESK) as report:
        report.page.screenshot(path=file)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    draw_demo(IMAGES / "demo.svg")
    if shutil.which("chromium") is None:
        sys.exit("docs/images/report.png is not drawn: Chromium is missing (no command chromium in PATH)")
    draw_report(IMAGES / "report.png")


if __name__ == "__main__":
    main()
