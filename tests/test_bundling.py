"""How a bundle is made: the recipe read strictly, the scan of what is shipped, manual and completions, the installers."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def bundling() -> Iterator[Any]:
    """The modules of build/bundling, as scripts/bundle finds them."""
    folders = [str(ROOT / "scripts"), str(ROOT / "build")]
    sys.path[:0] = folders
    names = ("recipe", "scan", "commands", "installers", "papers", "contents", "share", "program", "licences")
    try:
        yield type("Bundling", (), {name: importlib.import_module(f"bundling.{name}") for name in names})
    finally:
        sys.path[:] = [one for one in sys.path if one not in folders]


def written(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_recipes_of_the_project_can_be_read(bundling: Any) -> None:
    found = {bundling.recipe.read(file).label for file in (ROOT / "build" / "recipes").glob("*.toml")}
    assert {"small", "search-only"} <= found


def test_a_recipe_says_all_that_it_can(bundling: Any, tmp_path: Path) -> None:
    for name in (
        "pump-1.0.0.fpack",
        "pump-1.0.0.fpack.minisig",
        "acme.pub",
        "acme.svg",
        "big.gguf",
        "en_de.argosmodel",
    ):
        (tmp_path / name).write_text(name)
    digest = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("big.gguf", "en_de.argosmodel")}
    file = written(
        tmp_path,
        f"""
        profile = "full"
        demo = false
        packs = ["pump-1.0.0.fpack"]
        keys = ["acme.pub"]
        [model]
        file = "big.gguf"
        sha256 = "{digest["big.gguf"].upper()}"
        [[languages]]
        file = "en_de.argosmodel"
        sha256 = "{digest["en_de.argosmodel"]}"
        [branding]
        name = "Acme Service"
        icon = "acme.svg"
        [settings]
        language = "de"
        [locked]
        draft = false
        """,
    )
    found = bundling.recipe.read(file)
    assert (found.label, found.name, found.demo) == ("site-full", "Acme Service", False)
    assert found.model.file == tmp_path / "big.gguf"
    assert [one.file.name for one in found.languages] == ["en_de.argosmodel"]
    assert (found.settings, found.locked) == ({"language": "de"}, {"draft": False})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile = [", "is not valid TOML"),
        ("", "profile must be one of full, small, search-only"),
        ('profile = "tiny"', "not 'tiny'"),
        ('profile = "small"\nprofil = 1', "profil is not known. Known are profile"),
        ('profile = "small"\ndemo = "no"', "demo must be true or false, not 'no'"),
        ('profile = "small"\n[model]\nfile = "x.gguf"\nsha256 = ""', r"\[model\] belongs to"),
        ('profile = "full"', r"needs a \[model\]"),
        ('profile = "full"\n[model]\nfile = "x.gguf"', "model lacks sha256"),
        ('profile = "full"\n[model]\nfile = "x.gguf"\nsha256 = "00"', r"x\.gguf does not exist"),
        ('profile = "full"\n[model]\nfile = "there.gguf"\nsha256 = "00"', "has the SHA-256 "),
        ('profile = "small"\npacks = ["there.fpack"]\nkeys = ["there.pub"]', "no there.fpack.minisig beside it"),
        ('profile = "small"\npacks = ["signed.fpack"]', "named but no keys"),
        ('profile = "small"\npacks = [1]', "1 is no .fpack file"),
        ('profile = "small"\n[[languages]]\nfile = "a.zip"\nsha256 = ""', "is no .argosmodel file"),
        ('profile = "small"\n[branding]\nname = "a\\nb"', "branding.name must be one line"),
        ('profile = "small"\n[settings]\ndraft = true\n[locked]\ndraft = true', "Keep one"),
        ('profile = "small"\n[settings]\ndraft = [1]', "settings.draft must be a text"),
    ],
)
def test_what_a_recipe_does_not_know_is_an_error(bundling: Any, tmp_path: Path, text: str, said: str) -> None:
    for name in ("there.gguf", "there.fpack", "there.pub", "signed.fpack", "signed.fpack.minisig"):
        (tmp_path / name).write_text(name)
    with pytest.raises(bundling.recipe.RecipeError, match=said):
        bundling.recipe.read(written(tmp_path, text))


def test_the_scan_reads_values_not_documentation(bundling: Any) -> None:
    source = b'"""See https://docs.example."""\n# https://comment.example\nhome = "https://called.example/v1"\n'
    assert bundling.scan.hosts_in_code(source) == {"called.example"}


def test_the_scan_names_unknown_hosts_and_libraries_that_connect(
    bundling: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, work = tmp_path / "made", tmp_path / "work"
    (made / "_internal").mkdir(parents=True)
    (work / "fieldfare").mkdir(parents=True)
    (work / "fieldfare" / "origins.json").write_text("[]")
    archive = b"module with https://docs.example/ in its docstring"
    cookie = b"MEI\014\013\012\013\016" + (len(archive) + 88).to_bytes(4, "big") + bytes(76)
    (made / "fieldfare").write_bytes(b"ELF https://boot.example/" + archive + cookie + b"sections")
    (made / "_internal" / "libspy.so.1").write_bytes(b"\0connect\0 https://telemetry.example/v1 https://github.com/x")
    monkeypatch.setattr(bundling.program, "MADE", made)
    monkeypatch.setattr(bundling.scan, "WORK", work)
    found = bundling.scan.unknown()
    assert found.pop("boot.example") == ["fieldfare"]
    assert found == {"libspy.so.1": ["_internal/libspy.so.1"], "telemetry.example": ["_internal/libspy.so.1"]}


def test_the_sbom_names_licences_as_scanners_read_them_and_whose_package_a_library_is(bundling: Any) -> None:
    papers, part = bundling.papers, bundling.licences.Part
    assert papers.terms_of("BSD-3-Clause AND 0BSD") == [{"expression": "BSD-3-Clause AND 0BSD"}]
    assert papers.terms_of("Apache Software License") == [{"license": {"name": "Apache Software License"}}]
    openssl = part(name="libcrypto.so.3", version="3.0.19-1~deb12u2", licence="see libssl3/copyright", kind="system",
                   texts=("libssl3/copyright",))  # fmt: skip
    assert papers.component(openssl)["purl"] == "pkg:deb/debian/libssl3@3.0.19-1~deb12u2"
    bare = part(name="libz.so.1", version="1", licence="of the system", kind="system")
    assert "purl" not in papers.component(bare)


def test_what_may_not_be_changed_is_not_stripped(
    bundling: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(str(sys.modules["_ctypes"].__file__)).read_bytes()
    for name in ("libctranslate2-a7a60d30.so.4", "_ext.so"):
        (tmp_path / name).write_bytes(data)
    asked: list[str] = []
    monkeypatch.setattr(bundling.program, "MADE", tmp_path)
    monkeypatch.setattr(bundling.program, "WORTH_STRIPPING", 1)
    monkeypatch.setattr(bundling.program, "loads", lambda library: asked.append(library.name) or True)
    bundling.program.strip()
    assert set(asked) == {"_ext.so"}
    assert (tmp_path / "libctranslate2-a7a60d30.so.4").read_bytes() == data


def test_every_allowed_name_has_a_reason() -> None:
    for line in (ROOT / "build" / "allowed-hosts.txt").read_text("utf-8").splitlines():
        assert not line.strip() or line.startswith("#") or len(line.split()) >= 3, line


def test_the_manual_and_the_completions_know_every_command(bundling: Any) -> None:
    from fieldfare import cli

    commands = bundling.commands.walk(cli._parser())
    paths = {one.path for one in commands}
    assert {"", "ask", "pack install", "pack trust add", "update", "doctor"} <= paths
    page = bundling.commands.manual(commands, "1.0")
    assert page.startswith(".TH FIELDFARE 1")
    assert all(f".SS fieldfare {path}" in page.replace("\\-", "-") for path in paths - {""})
    for shell in (bundling.commands.bash, bundling.commands.zsh, bundling.commands.fish):
        assert "'pack trust'" in shell(commands)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [("fieldfare up", "update"), ("fieldfare pack tru", "trust"), ("fieldfare doctor --off", "--offline-proof")],
)
def test_bash_completes(bundling: Any, tmp_path: Path, line: str, offered: str) -> None:
    from fieldfare import cli

    file = tmp_path / "completion.bash"
    file.write_text(bundling.commands.bash(bundling.commands.walk(cli._parser())))
    words = line.split()
    code = f'source {file}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _fieldfare; echo "${{COMPREPLY[*]}}"'
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [offered]


# --- installers -------------------------------------------------------------------------------------------------------

posix = pytest.mark.skipif(sys.platform != "linux", reason="install.sh is for Linux")


@pytest.fixture
def folder(bundling: Any, tmp_path: Path) -> Path:
    """A bundle with a program of two lines, and all that lies around a real one."""
    made = tmp_path / "fieldfare"
    (made / "_internal" / "licences").mkdir(parents=True)
    (made / "_internal" / "licences" / "NOTICE").write_text("NOTICE\n")
    (made / "fieldfare").write_bytes(b"#!/bin/sh\n# GLIBC_2.17\necho fieldfare 1.0\n")
    (made / "fieldfare").chmod(0o755)
    (made / "link").symlink_to("fieldfare")
    (tmp_path / "small.toml").write_text('profile = "small"\n')
    bundling.installers.prepare(bundling.recipe.read(tmp_path / "small.toml"), made)
    bundling.papers.write_sums(made)
    return made


def install(place: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(place / "install.sh"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(home)}
    )


@posix
def test_it_installs_upgrades_and_goes_without_a_trace(bundling: Any, folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    (home / "lib").mkdir(parents=True)
    (home / "lib" / "mine").write_text("mine")
    where = ("--prefix", str(home))
    first = install(folder, home, *where)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    program = home / "bin" / "fieldfare"
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "fieldfare 1.0\n"
    entry = (home / "share/applications/fieldfare.desktop").read_text("utf-8")
    assert f'Exec="{home}/lib/fieldfare/fieldfare"' in entry

    (folder / "fieldfare").write_text("#!/bin/sh\n# GLIBC_2.17\necho fieldfare 2.0\n")
    bundling.papers.write_sums(folder)
    assert install(folder, home, *where).returncode == 0
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "fieldfare 2.0\n"
    assert sorted(path.name for path in (home / "lib").iterdir()) == ["fieldfare", "mine"]

    assert install(home / "lib" / "fieldfare", home, "--uninstall").returncode == 0
    assert [path.name for path in home.rglob("*") if not path.is_dir()] == ["mine"]


@posix
def test_what_cannot_be_installed_says_why(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    where = ("--prefix", str(home))
    script = folder / "install.sh"
    usual = script.read_text("utf-8")
    assert install(folder, home, "--colour").returncode == 2
    assert install(folder, home, "--uninstall", *where).returncode == 2
    for old, new, code in (
        ("needed_glibc=2.17", "needed_glibc=2.99", 21), ("needed_memory_kb=", "needed_memory_kb=9999", 22),
        ("needed_kb=", "needed_kb=9999999", 23), ('!= "x86_64" ]', '= "" ]', 24),
    ):  # fmt: skip
        script.write_text(usual.replace(old, new), "utf-8")
        if code == 24:
            script.write_text(usual, "utf-8")
            (folder / "_internal" / "licences" / "NOTICE").write_text("changed\n")
        done = install(folder, home, *where)
        assert done.returncode == code, done.stderr
        assert done.stderr.startswith("fieldfare: ")
    assert not (home / "bin").exists()
    assert not (home / "lib" / "fieldfare").exists()


@posix
def test_an_archive_is_the_same_bytes_whenever_it_is_made(bundling: Any, folder: Path, tmp_path: Path) -> None:
    recipe = bundling.recipe.read(tmp_path / "small.toml")
    first = bundling.installers.archive(recipe, folder, tmp_path, "1.0").read_bytes()
    for path in (folder / "fieldfare", folder / "_internal"):
        path.touch()
    file = bundling.installers.archive(recipe, folder, tmp_path, "1.0")
    assert file.read_bytes() == first
    with gzip.open(file) as stream, tarfile.open(fileobj=stream) as tar:
        entries = {one.name.partition("/")[2]: one for one in tar}
    assert entries["fieldfare"].mode == 0o755
    assert entries["link"].linkname == "fieldfare"
    assert {(one.uid, one.uname) for one in entries.values()} == {(0, "root")}


@posix
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_a_deb_says_what_it_is_and_is_the_same_bytes_again(
    bundling: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling.program, "HOME", tmp_path)
    recipe = bundling.recipe.read(tmp_path / "small.toml")
    file = bundling.installers.package(recipe, folder, tmp_path, "1.0")
    first = file.read_bytes()
    assert bundling.installers.package(recipe, folder, tmp_path, "1.0").read_bytes() == first
    fields = subprocess.run(["dpkg-deb", "-f", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Package: fieldfare\nVersion: 1.0\n" in fields
    assert "Depends: libc6 (>= 2.17)" in fields
    listed = subprocess.run(["dpkg-deb", "-c", str(file)], capture_output=True, text=True, check=True).stdout
    assert "./usr/bin/fieldfare -> ../lib/fieldfare/fieldfare" in listed
    assert "./lib/systemd/system/fieldfare-update.timer" in listed
    assert "install.sh" not in listed
    run = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-R", str(file), str(run)], check=True)
    for script in ("preinst", "prerm", "postrm"):
        subprocess.run(["sh", "-n", str(run / "DEBIAN" / script)], check=True)
    assert subprocess.run(["sh", str(run / "DEBIAN/preinst"), "install"], check=False).returncode == 0
    sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=run / "usr/lib/fieldfare", check=False)
    assert sums.returncode == 0


@pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign")
def test_minisign_itself_verifies_a_signed_installer(bundling: Any, tmp_path: Path) -> None:
    from fieldfare.pack import signing

    secret = signing.new_key()
    (tmp_path / "acme.key").write_text(signing.write_secret_key(secret, ""))
    (tmp_path / "acme.pub").write_text(signing.write_public_key(secret.public))
    file = tmp_path / "fieldfare_1.0_small_amd64.deb"
    file.write_bytes(b"installer")
    made = bundling.installers.sign(file, "1.0", tmp_path / "acme.key", None)
    verify = ["minisign", "-V", "-p", str(tmp_path / "acme.pub"), "-m", str(file)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "id=fieldfare-installer version=1.0" in done.stdout
    assert made.name == f"{file.name}.minisig"
    file.write_bytes(b"Installer")
    assert subprocess.run(verify, capture_output=True, check=False).returncode != 0


def test_what_a_recipe_names_lies_in_the_bundle_and_is_used(
    bundling: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packs, keys, languages and IT's decisions, as the program itself finds them in its share folder."""
    import environment
    from fieldfare import library, settings
    from fieldfare.pack import signing
    from fieldfare.translation import packages
    from publishing import make_pack, sign

    secret = signing.new_key()
    (tmp_path / "acme.pub").write_text(signing.write_public_key(secret.public))
    sign(make_pack(tmp_path, "pump", "1.0.0"), secret)
    language = next((ROOT / "tests" / "packages").glob("*en_de*.argosmodel"))
    shutil.copy(language, tmp_path / "en_de.argosmodel")
    digest = hashlib.sha256(language.read_bytes()).hexdigest()
    models = tmp_path / "set-up" / "models"
    (models / "reader").mkdir(parents=True)
    for name in ("language-model.gguf", "reader/model.bin"):
        (models / name).write_text(name)
    monkeypatch.setattr(environment, "SHARE", tmp_path / "set-up")
    monkeypatch.setattr(bundling.program, "MADE", tmp_path / "made")
    (tmp_path / "made").mkdir()
    text = f"""
        profile = "search-only"
        demo = false
        packs = ["pump-1.0.0.fpack"]
        keys = ["acme.pub"]
        [[languages]]
        file = "en_de.argosmodel"
        sha256 = "{digest}"
        [settings]
        language = "de"
        [locked]
        draft = false
        """
    bundling.share.add(bundling.recipe.read(written(tmp_path, text)))
    share = bundling.program.inside() / "share"
    assert not (share / "models" / "language-model.gguf").exists()
    assert (share / "models" / "reader" / "model.bin").is_file()
    monkeypatch.setenv("FIELDFARE_SHARE", str(share))
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    shelf = library.open_shelf()
    shelf.close()
    assert [(one.manifest.id, one.signature, one.bundled) for one in shelf.packs] == [("pump", "signed by acme", True)]
    (package,), problems = packages.installed()
    assert (str(package), package.bundled, problems) == ("en → de", True, ())
    packages.verify(package)
    assert (settings.load().language, settings.locked()) == ("de", {"draft"})

    with pytest.raises(bundling.recipe.RecipeError, match="'colour' is no setting"):
        bundling.share.fleet(bundling.recipe.read(written(tmp_path, 'profile = "small"\n[locked]\ncolour = 1\n')))
