"""The application that every command is registered with."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="wireroom",
    help="Push articles in, see where each one is, and mend what failed. Every article is accounted for.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

sources = typer.Typer(
    help="What is polled, and whether as much comes from each publisher as used to.", no_args_is_help=True
)
app.add_typer(sources, name="sources")
