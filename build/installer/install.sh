#!/bin/sh
# Install, upgrade or remove Fieldfare: silent where all goes well, a sentence and an exit code where not.
#
#   ./install.sh                 for this user, in ~/.local; needs no rights (root: for all users)
#   ./install.sh --all-users     for all users, in /usr/local
#   ./install.sh --prefix DIR    somewhere else
#   ./install.sh --check         only say whether this machine can run it
#   ./install.sh --uninstall     remove it from where it would be installed; packs, settings and notes stay
#
# Exit codes: 0 done, 2 wrong option, 6 a folder cannot be written, 20 processor, 21 C library, 22 memory, 23 disk space,
# 24 this copy is damaged.
set -eu
umask 022
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
needed_glibc=@GLIBC@
needed_kb=@KILOBYTES@
needed_memory_kb=@MEMORY@

say() { printf 'fieldfare: %s\n' "$1" >&2; }
fail() { say "$2"; exit "$1"; }

check_machine() {
    machine=$(uname -m)
    [ "$machine" = "@MACHINE@" ] || fail 20 "This program is for @MACHINE@ processors; this one is $machine. Get the installer for it."
    if [ "$machine" = x86_64 ] && [ -r /proc/cpuinfo ] && ! grep -qw '@FLAG@' /proc/cpuinfo; then
        fail 20 "This processor is too old: it lacks @FLAG@. A computer made after @YEAR@ is needed."
    fi
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)
    [ -n "$glibc" ] || fail 21 "This system has no glibc, which the program needs ($needed_glibc or later)."
    older=$(printf '%s\n%s\n' "$glibc" "$needed_glibc" | sort -t. -k1,1n -k2,2n | head -n1)
    [ "$older" = "$needed_glibc" ] || fail 21 "This system has glibc $glibc; $needed_glibc or later is needed. Use a newer release of the system."
    memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null || true)
    if [ -n "$memory" ] && [ "$memory" -lt "$needed_memory_kb" ]; then
        fail 22 "This machine has $((memory / 1024)) MB of memory; $((needed_memory_kb / 1024)) MB are needed."
    fi
}

check_space() {
    place=$1
    while [ ! -d "$place" ]; do place=$(dirname -- "$place"); done
    free=$(df -Pk -- "$place" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$needed_kb" ] || fail 23 "$place has $((free / 1024)) MB free; $((needed_kb / 1024)) MB are needed. Make space, then try again."
    mkdir -p -- "$1" 2>/dev/null && [ -w "$1" ] || fail 6 "$1 cannot be written. Install for this user only, or as root with --all-users."
}

remove_around() { # what lies outside the program's folder
    rm -f -- "$prefix/bin/fieldfare" "$share/applications/fieldfare.desktop" "$share/man/man1/fieldfare.1" \
        "$share/bash-completion/completions/fieldfare" "$share/zsh/site-functions/_fieldfare" \
        "$share/fish/vendor_completions.d/fieldfare.fish" "$share/icons/hicolor/scalable/apps/fieldfare.svg"
    for size in 48 128 256; do rm -f -- "$share/icons/hicolor/${size}x$size/apps/fieldfare.png"; done
}

install_around() {
    system=$program/system
    mkdir -p -- "$prefix/bin" "$share/applications" "$share/man/man1" "$share/bash-completion/completions" \
        "$share/zsh/site-functions" "$share/fish/vendor_completions.d" "$share/icons/hicolor/scalable/apps"
    ln -sfn -- "$program/fieldfare" "$prefix/bin/fieldfare"
    sed "s|^Exec=fieldfare|Exec=\"$program/fieldfare\"|" "$system/fieldfare.desktop" > "$share/applications/fieldfare.desktop"
    cp -- "$system/fieldfare.1" "$share/man/man1/"
    cp -- "$system/completion.bash" "$share/bash-completion/completions/fieldfare"
    cp -- "$system/_fieldfare" "$share/zsh/site-functions/"
    cp -- "$system/fieldfare.fish" "$share/fish/vendor_completions.d/"
    cp -- "$system/fieldfare.svg" "$share/icons/hicolor/scalable/apps/"
    for size in 48 128 256; do
        mkdir -p -- "$share/icons/hicolor/${size}x$size/apps"
        cp -- "$system/fieldfare-$size.png" "$share/icons/hicolor/${size}x$size/apps/fieldfare.png"
    done
}

action=install prefix=
while [ $# -gt 0 ]; do
    case $1 in
        --all-users) prefix=/usr/local ;;
        --prefix) [ $# -gt 1 ] || fail 2 "--prefix needs a folder."; prefix=$2; shift ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        --check) action=check ;;
        --uninstall) action=uninstall ;;
        --help | -h) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail 2 "$1 is no option. Known are --all-users, --prefix DIR, --check, --uninstall." ;;
    esac
    shift
done
if [ -z "$prefix" ]; then
    case $here in # started where it is installed: that is the place that is meant
        */lib/fieldfare) prefix=${here%/lib/fieldfare} ;;
        *) if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=${HOME:?a home is needed, or --prefix}/.local; fi ;;
    esac
fi
case $prefix in /*) ;; *) prefix=$(pwd)/$prefix ;; esac
share=$prefix/share
program=$prefix/lib/fieldfare

case $action in
    check) check_machine ;;
    uninstall)
        [ -d "$program" ] || fail 2 "$program does not exist: nothing is installed there."
        [ -w "$prefix/lib" ] || fail 6 "$program cannot be removed. Do it as root."
        remove_around
        rm -rf -- "$program" "$program.new" "$program.old"
        ;;
    install)
        check_machine
        check_space "$prefix/lib"
        (cd -- "$here" && sha256sum --quiet --strict -c SHA256SUMS >/dev/null 2>&1) || fail 24 "This copy is damaged. Get it again."
        [ "$here" != "$program" ] || fail 2 "It is installed here already."
        rm -rf -- "$program.new" "$program.old"
        # Whole beside the one in use, then two renames: who starts it between them finds none, and starts it again.
        if ! cp -R -- "$here" "$program.new" 2>/dev/null; then
            rm -rf -- "$program.new"
            fail 23 "The program could not be copied to $prefix/lib. Nothing was changed: make space, then try again."
        fi
        if [ -d "$program" ]; then mv -- "$program" "$program.old"; fi
        mv -- "$program.new" "$program"
        rm -rf -- "$program.old"
        install_around
        ;;
esac
