"""`fieldfare`, `python -m fieldfare` and the frozen program start here: the network is closed before all else."""

from fieldfare.offline import close_network


def main() -> None:
    """Close the network for this process, then run the command line."""
    close_network()
    from fieldfare.cli import run

    run()


if __name__ == "__main__":
    main()
