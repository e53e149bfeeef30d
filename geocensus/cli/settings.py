"""The command `geocensus settings`."""

import typer

from geocensus.cli.language import LangOption, default_language

__all__ = ["settings"]


def settings(lang: LangOption = None) -> None:
    """Print the default settings as TOML; save them, change them, and pass them to check --settings."""
    from geocensus.checks import Settings  # noqa: PLC0415 - help needs no pandas
    from geocensus.io import settings_toml  # noqa: PLC0415

    typer.echo(settings_toml(Settings(), lang or default_language()), nl=False)
