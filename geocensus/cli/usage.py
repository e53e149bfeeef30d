"""Help and wrong use in Chinese: what typer and click would say in English only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from geocensus.cli.language import t

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WrongUse", "localise", "wrong_use"]

WrongUse: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

_CHINESE = (
    (r"Missing command\.", "缺少命令"),
    (r"Missing (?:argument|option|parameter) (.+?)\.?", r"缺少参数 \1"),
    (r"No such command (.+?)\.(?: .*)?", r"没有命令 \1"),
    (r"No such option: (\S+)(?: .*)?", r"没有选项 \1"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"多余的参数：\1"),
    (r"Option (.+) requires (?:an argument|.+ arguments)\.", r"选项 \1 需要给出值"),
    (r"Option (.+) does not take a value\.", r"选项 \1 不带值"),
    (r"Invalid value for (.+?): (.+)", r"\1 的值无效：\2"),
)
_REASONS = (
    (r".*valid int.*", "应为整数"),
    (r".*valid (?:float|number).*", "应为数字"),
    (r".*greater than or equal to (\S+?)\.?", r"应不小于 \1"),
    (r".*less than or equal to (\S+?)\.?", r"应不大于 \1"),
    (r".*is not in the range (.+?)\.?", r"不在范围 \1 内"),
    (r"(?:Value error, )?(.+) is not one of (.+?)\.?", r"\1 不在可选值之内：\2"),
)
_PANELS = {
    "ARGUMENTS_PANEL_TITLE": ("参数", "Arguments"),
    "OPTIONS_PANEL_TITLE": ("选项", "Options"),
    "COMMANDS_PANEL_TITLE": ("命令", "Commands"),
    "DEFAULT_STRING": ("[默认：{}]", "[default: {}]"),
    "REQUIRED_LONG_STRING": ("[必填]", "[required]"),
}


class _Help:
    """Describe --help in the language of the process."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = t("显示本说明并退出", "Show this message and exit.")
        return option


class _Command(_Help, TyperCommand):
    """A command with help in the language of the process."""


class _Group(_Help, TyperGroup):
    """A group of commands with help in the language of the process."""


def localise(application: typer.Typer) -> None:
    """Let an application and its groups show their help in the language of this process.

    Parameters
    ----------
    application : Typer
        With all its commands.
    """
    for constant, (zh, en) in _PANELS.items():
        setattr(rich_utils, constant, t(zh, en))
    application.info.cls = _Group
    for command in application.registered_commands:
        command.cls = _Command
    for group in application.registered_groups:
        group.cls = _Group
        if group.typer_instance is not None:
            localise(group.typer_instance)


def wrong_use(error: Exception, lang: str) -> str:
    """Say what is wrong with a command line, how it is written, and where help is.

    Parameters
    ----------
    error : Exception
        A :data:`WrongUse`.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        Up to three lines; nothing where help was shown instead.

    Examples
    --------
    >>> wrong_use(typer.BadParameter("'x' is not a valid integer.", param_hint="'--rows'"), "zh")
    "错误: '--rows' 的值无效：应为整数"
    """
    message = error.format_message()  # type: ignore[attr-defined]
    if not message:  # no words at all: the help is the answer, and has been shown
        return ""
    context = getattr(error, "ctx", None)
    if lang == "zh":
        what, colon, why = _said(message, _CHINESE).partition("：")
        message = what + colon + _said(why, _REASONS)
    lines = [f"{'错误' if lang == 'zh' else 'error'}: {message}"]
    if context is not None:
        lines.append(context.get_usage().replace("Usage:", "用法:" if lang == "zh" else "usage:"))
        path = context.command_path
        lines.append(f"用 {path} --help 查看说明" if lang == "zh" else f"see {path} --help")
    return "\n".join(lines)


def _said(message: str, texts: Iterable[tuple[str, str]]) -> str:
    for pattern, chinese in texts:
        if found := re.fullmatch(pattern, message, flags=re.DOTALL):
            return found.expand(chinese)
    return message
