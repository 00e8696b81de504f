"""`python -m attitudes` is the command `attitudes`."""

from attitudes.cli.app import main

if __name__ == "__main__":
    main()
