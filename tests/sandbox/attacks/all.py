"""Every attack and every poison by name."""

from attacks import (
    Attack,
    Poison,
    channel,
    clocks,
    files,
    interpreter,
    kernel,
    named,
    neighbours,
    network,
    processes,
    resources,
)

GROUPS: dict[str, tuple[Attack, ...]] = {
    "processes": processes.ATTACKS,
    "resources": resources.ATTACKS,
    "files": files.ATTACKS,
    "network": network.ATTACKS,
    "kernel": kernel.ATTACKS,
    "channel": channel.ATTACKS,
    "interpreter": interpreter.ATTACKS,
    "clocks": clocks.ATTACKS,
}
ATTACKS: dict[str, Attack] = named(attack for group in GROUPS.values() for attack in group)
POISONS: dict[str, Poison] = named(neighbours.POISONS)
