"""`python -m mathcoder` is the command `mathcoder`."""

from mathcoder.cli import main

if __name__ == "__main__":
    main()
