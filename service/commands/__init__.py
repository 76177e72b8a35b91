"""How `glasno` finds a command, and what it says when one fails."""

import ast
import gc
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

HERE: Final = Path(__file__).parent


class Commands(click.Group):
    """Commands that tell in words what a database answers: full, locked, damaged, not to be written."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:
            from service.commands.faults import in_words  # noqa: PLC0415 -- two drivers that help does without

            if words := in_words(fault):
                raise click.ClickException(words) from None
            raise


class Named(click.Command):
    """A command that is imported when it is called: each needs much, and none of them what all need.

    Like the lazy groups of click's documentation, but these import every command to list them with their help. Here it
    is read from the source.
    """

    def __init__(self, name: str, module: str, function: str) -> None:
        super().__init__(name)
        self._module, self._function = module, function

    def get_short_help_str(self, limit: int = 45) -> str:
        source = HERE.joinpath(self._module).with_suffix(".py").read_text(encoding="utf-8")
        functions = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)]
        self.help = next(ast.get_docstring(each) for each in functions if each.name == self._function)
        return super().get_short_help_str(limit)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Of the command itself: it is what is invoked then."""
        return self._load().make_context(info_name, args, parent, **extra)

    def to_info_dict(self, ctx: click.Context) -> dict[str, Any]:
        return self._load().to_info_dict(ctx)

    def _load(self) -> click.Command:
        gc.disable()  # all of it stays: to look for rubbish among it takes a sixth of the time
        try:
            module = import_module(f"{__name__}.{self._module}")
        finally:
            gc.enable()
        command: click.Command = getattr(module, self._function)
        return command
