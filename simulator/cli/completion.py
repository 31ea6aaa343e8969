"""`sim completion`: commands, options, scenarios and results, completed by the shell.

The script that a shell reads asks `sim` itself, with `_SIM_COMPLETE` set and the words typed so
far, the last of them unfinished; `answers` imports nothing heavy, as somebody waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from simulator.cli import talk
from simulator.errors import InputError, Problem, did_you_mean
from simulator.runs.options import RESULTS
from simulator.store.folder import results_in

SCRIPTS = {
    "bash": """\
_sim_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(_SIM_COMPLETE=1 sim "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o default -F _sim_completion sim
""",
    "zsh": """\
#compdef sim
_sim_completion() {
    local -a found
    found=("${(@f)$(_SIM_COMPLETE=1 sim "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit; compinit }
compdef _sim_completion sim
""",
    "fish": """\
function __sim_completion
    set -l typed (commandline -opc) (commandline -ct)
    env _SIM_COMPLETE=1 sim $typed[2..-1] 2>/dev/null
end
complete -c sim -a "(__sim_completion)"
""",
}
_CHOICES = re.compile(r"((?:[\w-]+, )*[\w-]+ or [\w-]+)\.")


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> int:
    """Print the script by which a shell completes commands, options, scenarios and results.

    \b
    Examples:
      sim completion bash >> ~/.bashrc
      sim completion zsh >> ~/.zshrc
      sim completion fish > ~/.config/fish/completions/sim.fish
    """
    if shell not in SCRIPTS:
        wanted = "bash, zsh or fish is wanted"
        raise InputError(Problem(wanted, "SHELL", shell[:40], did_you_mean(shell, SCRIPTS)))
    talk.emit(SCRIPTS[shell])
    return 0


def answers(group: Any, words: Sequence[str]) -> list[str]:  # noqa: ANN401 - Typer's own classes
    """What the last of `words` may become; [] where only the shell knows, such as for folders."""
    *before, unfinished = words or [""]
    if not before:
        return _starting(unfinished, [*group.commands, "--help", "--version"])
    command = group.commands.get(before[0])
    if command is None:
        return []
    options = {name: one for one in command.params for name in one.opts if name.startswith("-")}
    previous = options.get(before[-1]) if len(before) > 1 else None
    if previous is not None and not previous.is_flag:
        return _starting(unfinished, _choices(previous.help or ""))
    if unfinished.startswith("-"):
        return _starting(unfinished, [*(one for one in options if len(one) > 2), "--help"])
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    typed = _positions(before[1:], options)
    if not arguments or (typed >= len(arguments) and arguments[-1].nargs == 1):
        return []
    argument = arguments[min(typed, len(arguments) - 1)]
    return _starting(unfinished, _named(argument.metavar or "", argument.help or "", unfinished))


def _positions(words: Sequence[str], options: dict[str, Any]) -> int:
    """How many words are arguments: neither an option nor its value."""
    count, value = 0, False
    for word in words:
        if value:
            value = False
        elif word.startswith("-"):
            value = word in options and not options[word].is_flag
        else:
            count += 1
    return count


def _starting(unfinished: str, names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(unfinished)]


def _choices(text: str) -> list[str]:
    """The words that a help text lists: "sobol, lhs or random."."""
    match = _CHOICES.search(text)
    return re.split(r", | or ", match[1]) if match else []


def _named(metavar: str, text: str, unfinished: str) -> list[str]:
    """Names for an argument: scenarios, results, or both, as its metavar says."""
    found: list[str] = []
    if "FILE" in metavar or metavar in ("A B …", "[SCENARIO]"):
        found += scenarios(unfinished)
    if metavar in ("A B …", "PATH") or re.search(r"\bresult\b", text, re.IGNORECASE):
        found += results_in(RESULTS)
    return found or _choices(text)


def scenarios(unfinished: str) -> list[str]:
    """Scenario files here and in scenarios/, or in the folder that is being typed."""
    folder, slash, _ = unfinished.rpartition("/")
    places = [f"{folder}/"] if slash else ["", "scenarios/"]
    found: list[str] = []
    for place in places:
        try:
            inside = sorted(Path(place or ".").iterdir())
        except OSError:
            continue
        files = [one for one in inside if one.suffix == ".toml"]
        folders = [one for one in inside if slash and one.is_dir()]
        found += [f"{place}{one.name}" for one in files]
        found += [f"{place}{one.name}/" for one in folders]
    return found
