"""The command line: `nightdesk <command>`. Options are read here, work is done in bot/commands."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Optional

import typer

from bot.errors import ConfigurationError, NightdeskError
from bot.settings import Settings, read_settings

app = typer.Typer(
    help="Nightdesk answers your social inbox while nobody is in, and leaves complete cases.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cases_app = typer.Typer(help="The cases in the queue.", no_args_is_help=True)
token_app = typer.Typer(help="Bearer tokens for back ends and people.", no_args_is_help=True)
app.add_typer(cases_app, name="cases")
people_app = typer.Typer(help="The people who may sign in to the desk.", no_args_is_help=True)
app.add_typer(token_app, name="token")
app.add_typer(people_app, name="people")
resources_app = typer.Typer(help="The self-service pages.", no_args_is_help=True)
app.add_typer(resources_app, name="resources")

Root = Annotated[Path, typer.Option(help="The project folder, which holds data/ and config.yml.")]
DataDir = Annotated[Path, typer.Option(help="Where this machine keeps the store and the model.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")]
Attached = Annotated[bool, typer.Option(hidden=True)]
Input = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON lines to read.")]
Output = Annotated[Path, typer.Option(dir_okay=False, help="JSON lines to write.")]
HERE, VAR, EVALUATION = Path(), Path("var"), Path("var/evaluation")


@contextmanager
def _telling() -> Iterator[None]:
    """Errors as lines for people, exit code 1; a programming error keeps its traceback."""
    try:
        yield
    except ConfigurationError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except NightdeskError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _settings(root: Path, data_dir: Path, host: str = "127.0.0.1", port: int = 8080) -> Settings:
    from bot.processes import configure_logging

    settings = read_settings(root, data_dir, host, port)
    configure_logging(settings.log_level)
    return settings


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    workers: Workers = 1,
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Starts everything and stays until Ctrl-C. Trains first when the content changed."""
    from bot.commands.serve import serve as run

    with _telling():
        run(_settings(root, data_dir, host, port), workers)


@app.command()
def web(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    linger: Annotated[
        float, typer.Option(min=0, help="Seconds it still serves after it was asked to stop.")
    ] = 0.0,
    data_dir: DataDir = VAR,
    root: Root = HERE,
    attached: Attached = False,
    door: Annotated[Optional[int], typer.Option(hidden=True)] = None,
) -> None:
    """Serves HTTP alone; REDIS_URL names the store it shares with workers elsewhere."""
    from bot.commands.serve import serve_web
    from bot.processes import ending_in_one_line, run_web

    with _telling():
        settings = replace(_settings(root, data_dir, host, port), linger_seconds=linger)
        if not attached:
            return serve_web(settings)
        with ending_in_one_line("web process"):
            asyncio.run(run_web(settings, attached, door))


@app.command()
def worker(
    workers: Workers = 1, data_dir: DataDir = VAR, root: Root = HERE, attached: Attached = False
) -> None:
    """Workers alone; REDIS_URL names the store they share with a web process elsewhere."""
    from bot.commands.serve import serve_workers
    from bot.processes import ending_in_one_line, run_worker

    with _telling():
        settings = _settings(root, data_dir)
        if not attached:
            return serve_workers(settings, workers)
        with ending_in_one_line("worker"):
            asyncio.run(run_worker(settings, attached))


@app.command()
def train(data_dir: DataDir = VAR, root: Root = HERE) -> None:
    """Trains the model on the content."""
    from bot.commands.train import train as run

    with _telling():
        run(_settings(root, data_dir))


@app.command()
def check(root: Root = HERE) -> None:
    """Reads every content file and names each mistake: file, line, key, and the way to mend it."""
    from bot.commands.check import check as run

    with _telling():
        raise typer.Exit(run(root))


@app.command()
def chat(
    url: Annotated[str, typer.Option(help="A running server.")] = "http://127.0.0.1:8080",
    token: Annotated[Optional[str], typer.Option(help="A token with role channel.")] = None,
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Talks to the bot from the terminal."""
    from bot.commands.chat import chat as run

    with _telling():
        run(_settings(root, data_dir), url, token)


@app.command()
def triage(input: Input, output: Output, data_dir: DataDir = VAR, root: Root = HERE) -> None:
    """Says topic, severity and details of messages from a file; needs no server."""
    from bot.commands.triage import triage_file

    with _telling():
        triage_file(_settings(root, data_dir), input, output)


@app.command()
def replay(
    input: Input,
    output: Output,
    url: Annotated[str, typer.Option(help="A running server.")],
    token: Annotated[str, typer.Option(help="A token with role channel.")],
    press: Annotated[
        str, typer.Option(help="What to answer to offers: still or solved.")
    ] = "still",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Customers side by side.")] = 4,
) -> None:
    """Plays customers from a file against a running server and writes how each ended."""
    from bot.commands.replay import replay_file

    with _telling():
        sys.exit(replay_file(input, output, url, token, press, at_once))


@app.command("bench-nlu")
def bench_nlu(
    train: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Examples to draw.")],
    test: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="What is asked.")],
    oos: Annotated[
        Optional[Path], typer.Option(exists=True, dir_okay=False, help="What to refuse.")
    ] = None,
    shots: Annotated[int, typer.Option(min=0, help="Examples a category; 0 takes all.")] = 10,
    seeds: Annotated[int, typer.Option(min=1, help="How many draws to average.")] = 3,
    root: Root = HERE,
) -> None:
    """Measures the understanding on CSV files with the columns text and category."""
    from bot.commands.bench_nlu import bench_nlu as run

    with _telling():
        run(root, train, test, oos, shots, seeds)


@app.command()
def evaluate(
    labels: Annotated[
        Optional[Path], typer.Option(exists=True, dir_okay=False, help="What is right.")
    ] = None,
    conversations: Annotated[
        Optional[Path], typer.Option(exists=True, dir_okay=False, help="What the labels are of.")
    ] = None,
    held_out_from: Annotated[
        Optional[str], typer.Option("--from", help="Those from this id on are told apart, too.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=20, help="How often to train anew.")] = 5,
    out: Annotated[Path, typer.Option(file_okay=False, help="The page's folder.")] = EVALUATION,
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Says how well the examples are understood when left out, and what to write next; with labels,
    how well triage agrees with them. As tables, as a page, and as one JSON line at the end."""
    from bot.commands.evaluate_content import evaluate_content
    from bot.commands.evaluate_labels import evaluate_labels

    if (labels is None) != (conversations is None):
        raise typer.BadParameter("--labels and --conversations belong together")
    with _telling():
        settings = _settings(root, data_dir)
        if labels is None or conversations is None:
            evaluate_content(settings, folds, out)
        else:
            evaluate_labels(settings, labels, conversations, held_out_from, out)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="To write; it must not exist.")],
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Writes every conversation, case and person into one file, while everything runs."""
    from bot.commands.backup import backup as run

    with _telling():
        run(_settings(root, data_dir), file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Of `backup`.")],
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Makes a store of a backup where there is none: in the data folder, or at REDIS_URL."""
    from bot.commands.backup import restore as run

    with _telling():
        run(_settings(root, data_dir), file)


@cases_app.command("list")
def list_cases(
    data_dir: DataDir = VAR,
    root: Root = HERE,
    status: Annotated[str, typer.Option(help="new, claimed, waiting, resolved, closed")] = "",
    topic: Annotated[str, typer.Option()] = "",
    severity: Annotated[str, typer.Option()] = "",
    team: Annotated[str, typer.Option()] = "",
    order: Annotated[str, typer.Option(help="queue, newest, oldest")] = "queue",
    limit: Annotated[int, typer.Option(min=1)] = 50,
) -> None:
    """The cases, in the order in which they should be taken."""
    from bot.commands.cases import list_cases as run

    named = {"status": status, "topic": topic, "severity": severity, "team": team}
    with _telling():
        filters = {name: value for name, value in named.items() if value}
        run(_settings(root, data_dir), filters, order, limit)


@cases_app.command("show")
def show_case(
    reference: Annotated[str, typer.Argument(help="Such as ND-7KQ2M4X.")],
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """One case with its details and transcript."""
    from bot.commands.cases import show_case as run

    with _telling():
        run(_settings(root, data_dir), reference)


@cases_app.command("export")
def export_cases(
    output: Annotated[
        Optional[Path], typer.Option(help="A file; standard output if absent.")
    ] = None,
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """All cases as JSON lines, each as in case.schema.json."""
    from bot.commands.cases import export_cases as run

    with _telling():
        run(_settings(root, data_dir), output)


@token_app.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="Whose token it is.")],
    role: Annotated[str, typer.Option(help="channel, monitor, agent, lead, content or admin")],
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Makes a token and prints it, once; works while the server runs."""
    from bot.commands.token import add_token as run

    with _telling():
        typer.echo(run(_settings(root, data_dir), name, role))


@people_app.command("list")
def list_people(data_dir: DataDir = VAR, root: Root = HERE) -> None:
    """The people of the desk: id, name, e-mail address, role, teams, state."""
    from bot.commands.people import list_people as run

    with _telling():
        for line in run(_settings(root, data_dir)):
            typer.echo(line)


@people_app.command("setup-link")
def setup_link(port: Port = 8080, data_dir: DataDir = VAR, root: Root = HERE) -> None:
    """Prints a link that sets up the desk, as long as nobody is there; works once, for a day."""
    from bot.commands.people import setup_link as run

    with _telling():
        typer.echo(run(_settings(root, data_dir, port=port)))


@people_app.command("reset-link")
def reset_link(
    email: Annotated[str, typer.Argument(help="The address the person signs in with.")],
    port: Port = 8080,
    data_dir: DataDir = VAR,
    root: Root = HERE,
) -> None:
    """Prints a link to choose a new password; works once, for three days."""
    from bot.commands.people import reset_link as run

    with _telling():
        typer.echo(run(_settings(root, data_dir, port=port), email))


@resources_app.command("import")
def import_resources(
    source: Annotated[
        Path,
        typer.Argument(exists=True, help="A sitemap, a folder of sitemaps, or a CSV."),
    ],
    match: Annotated[
        Optional[str], typer.Option(help="Only addresses in which this expression is found.")
    ] = None,
    without: Annotated[
        Optional[str], typer.Option(help="No addresses in which this expression is found.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Only pages in this language; it is that of pages that say none.")
    ] = "",
    topic: Annotated[
        Optional[list[str]], typer.Option(help="For pages that say none; may be given again.")
    ] = None,
    into: Annotated[str, typer.Option(help="The file of data/resources to write.")] = "imported",
    remove_gone: Annotated[
        bool, typer.Option("--remove-gone", help="Take out pages the source has no more.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    root: Root = HERE,
) -> None:
    """Takes over pages of a help centre; what people changed by hand is left alone."""
    from bot.commands.resources import import_pages, which_pages

    with _telling():
        wanted = which_pages(match, without, language, topic or ())
        raise typer.Exit(
            import_pages(root, source, into, wanted, removing=remove_gone, dry_run=dry_run)
        )


def main() -> None:
    """The entry point of `nightdesk`."""
    app()


if __name__ == "__main__":
    main()
