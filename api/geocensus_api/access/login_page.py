"""The login page: one form in both languages, without a script and without anything from elsewhere."""

import base64
import hashlib
from html import escape
from typing import Final

from geocensus.model import Text

__all__ = ["CODE_PROBLEM", "FOREIGN_PROBLEM", "POLICY", "TOKEN_PROBLEM", "login_page", "wait_problem"]

# the colours, sizes and fonts of the review page (web/src/styles/base.css), which it leads to
_STYLE: Final = """
:root { --ink: #22282e; --soft: #5a636c; --line: #c9ced2; --ground: #f6f7f6; --paper: #fff;
  --accent: #2b4a66; --bad: #8f2413; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground);
  color: var(--ink); font: 13px/1.45 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
main { width: 100%; max-width: 384px; padding: 24px; background: var(--paper); border: 1px solid #dfe2e4;
  border-radius: 6px; }
h1 { margin: 0 0 4px; font-size: 18px; line-height: 1.3; color: var(--accent); }
p { margin: 0 0 16px; color: var(--soft); }
label { display: block; margin-bottom: 4px; }
input, button { width: 100%; min-height: 36px; font: inherit; padding: 4px 10px; border-radius: 4px; }
input { margin-bottom: 12px; border: 1px solid var(--line); background: var(--paper); color: var(--ink);
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
button { border: 1px solid var(--accent); background: var(--accent); color: var(--paper); cursor: pointer; }
:focus-visible { outline: 2px solid #4a90d9; outline-offset: 1px; }
.wrong { padding: 8px 12px; border-left: 3px solid var(--bad); background: #fbeeeb; color: var(--bad); }
small { display: block; margin-top: 16px; font-size: 12px; color: var(--soft); }
a { color: var(--accent); }
nav { margin-top: 12px; font-size: 12px; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

CODE_PROBLEM: Final = Text(
    "该登录链接已使用、已过期或不完整。请输入令牌，或重启服务以获取新链接。",
    "This login link was used already, is older than ten minutes, or incomplete. "
    "Enter a token, or start the service again for a new link.",
)
TOKEN_PROBLEM: Final = Text(
    "令牌不正确、已过期或已停用。请完整复制后重试，或联系管理员。",
    "This token is wrong, expired or revoked. Copy all of it and try again, or ask your administrator.",
)
FOREIGN_PROBLEM: Final = Text(
    "登录请求来自其他网址的页面，已拒绝。请在本页输入令牌。",
    "A page of another address sent this login; it was refused. Enter your token here.",
)

_TITLE: Final = Text("污染源普查空间数据服务", "Pollution source census: spatial data")
_LEAD: Final = Text("请用管理员发放的访问令牌登录。", "Log in with the access token that your administrator gave you.")
_LABEL: Final = Text("访问令牌", "Access token")
_BUTTON: Final = Text("登录", "Log in")
_HINT: Final = Text(
    "令牌以 gc_ 开头。12 小时内无操作，或管理员停用令牌后，需重新登录；请勿在公用计算机上保存令牌。",
    "A token begins with gc_. After 12 hours without use, or when the token is revoked, you log in again. "
    "Do not save it on a shared computer.",
)
_OTHER: Final = {"zh": ("en", "English"), "en": ("zh", "中文")}


def wait_problem(wait_s: int) -> Text:
    """Return what to tell somebody who tried too often.

    Parameters
    ----------
    wait_s
        Seconds to wait.

    Returns
    -------
    Text
        In both languages.
    """
    return Text(
        f"多次输入错误，请等待 {wait_s} 秒后重试；正确的令牌随时可用。",
        f"Too many wrong tokens: wait {wait_s} seconds. A right token is accepted at any time.",
    )


def login_page(lang: str, problem: Text | None = None) -> str:
    """Return the login page.

    Parameters
    ----------
    lang
        "zh" or "en".
    problem
        What went wrong the last time.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "Access token" in login_page("en")
    True
    """
    other, name = _OTHER[lang]
    wrong = f'<p class="wrong" role="alert">{escape(problem.get(lang))}</p>' if problem else ""
    title = escape(_TITLE.get(lang))
    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if lang == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{_BUTTON.get(lang)} · {title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{_LEAD.get(lang)}</p>
{wrong}
<form method="post" action="login?lang={lang}">
<input name="username" value="geocensus" autocomplete="username" hidden>
<label for="token">{_LABEL.get(lang)}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false">
<button type="submit">{_BUTTON.get(lang)}</button>
</form>
<small>{_HINT.get(lang)}</small>
<nav><a href="login?lang={other}" lang="{other}" hreflang="{other}">{name}</a></nav>
</main>
</body>
</html>
"""
