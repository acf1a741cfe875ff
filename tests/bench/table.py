"""Rows for people: what was measured, the value, the target."""


def row(what, value, unit, target=None, at_least=True, **more):
    """One figure. `target`: a bound, at least or at most; `more` is what belongs to it."""
    met = None if target is None else (value >= target if at_least else value <= target)
    return {"what": what, "value": round(value, 3), "unit": unit, "target": target,
            "at_least": at_least, "met": met, **more}


def print_table(name, machine, rows):
    print(f"\n{name}: commit {machine['commit']}, {machine['cpus']} x {machine['cpu']}, "
          f"kernel {machine['kernel']}, fdatasync {machine['fsync_ms']} ms, "
          f"load {machine['load_before']}")
    width = max(len(it["what"]) for it in rows)
    for it in rows:
        sign = ">=" if it["at_least"] else "<="
        goal = "" if it["target"] is None else \
            f"target {sign} {it['target']:,} {'met' if it['met'] else 'MISSED'}"
        extra = " ".join(f"{key}={value}" for key, value in it.items()
                         if key not in ("what", "value", "unit", "target", "at_least", "met"))
        print(f"  {it['what']:<{width}} {it['value']:>12,} {it['unit']:<14} {goal:<28} {extra}",
              flush=True)
