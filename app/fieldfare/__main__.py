"""`fieldfare`, `python -m fieldfare` and the frozen program start here: the network is closed before all else."""

from fieldfare.offline import close_network


def main() -> None:
    """Close the network for this process, then run the command line, or serve the program that started this one."""
    close_network()
    import sys

    # asyncio would load OpenSSL, 4 MB, for connections that nothing here makes.
    sys.modules["ssl"] = None  # type: ignore[assignment]
    if sys.argv[1:] == ["serve-language-model"]:
        from fieldfare.llm import child

        child.serve()
        return
    try:
        _command_line()
    except KeyboardInterrupt:  # before the command line has its own say
        from fieldfare.errors import INTERRUPTED

        raise SystemExit(INTERRUPTED) from None


def _command_line() -> None:
    import gc

    gc.disable()  # what is imported stays: looking through it for garbage takes 0.05 s
    from fieldfare.cli import run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
