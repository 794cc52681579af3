"""Scratch folders: a child's home, temporary folder and working directory, gone with it whatever it left there."""

import os
import stat

PREFIX = "narae-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def create(base):
    """Makes an empty folder that only we can enter."""
    path = os.path.join(base, PREFIX + os.urandom(16).hex())
    os.mkdir(path, 0o700)
    return path


def remove(path):
    """Removes a folder and all in it. Never follows a link, never opens anything but folders.

    Works level by level: what is deeper is first moved up, so that no path is too long and nothing recurses.
    """
    try:
        top = _open_folder(path, None)
    except FileNotFoundError:
        return
    try:
        moved = 0
        while True:
            folders = _remove_files(top)
            if not folders:
                break
            for name in folders:
                moved = _empty(top, name, moved)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(path)


def _open_folder(name, parent):
    """Opens a folder, also one that its owner may not read: rights are set through the descriptor, not the path."""
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", 0o700)
    finally:
        os.close(handle)
    return os.open(name, _FOLDER, dir_fd=parent)


def _remove_files(folder):
    """Removes what is no folder. Returns the names of folders."""
    folders = []
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            folders.append(name)
        else:
            os.unlink(name, dir_fd=folder)
    return folders


def _empty(top, name, moved):
    """Removes the files of a folder and moves its folders up to `top`. Returns the count of moved ones."""
    folder = _open_folder(name, top)
    try:
        for inner in _remove_files(folder):
            # A folder can only be moved by who may write into it: its ".." changes.
            os.close(_open_folder(inner, folder))
            moved += 1
            while True:
                try:
                    os.rename(inner, f".moved-{moved}", src_dir_fd=folder, dst_dir_fd=top)
                    break
                except OSError as error:
                    # Something of that name, not empty, is in the way: user code chose it.
                    if not os.path.lexists(f"/proc/self/fd/{top}/.moved-{moved}"):
                        raise error
                    moved += 1
    finally:
        os.close(folder)
    return moved
