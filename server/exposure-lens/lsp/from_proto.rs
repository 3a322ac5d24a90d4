//! What a client writes, as the program means it: addresses become paths.
//!
//! Positions are [`super::document`]'s business.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tower_lsp::ls_types::Uri;

/// The path of a file's address. Other schemes (`untitled:`, `git:`) have none.
pub(super) fn file_path(uri: &Uri) -> Option<PathBuf> {
    path_bytes(uri.as_str(), cfg!(windows)).and_then(to_path)
}

/// Drive letters come as `c:`, `C:` and `c%3A`, hosts in any case: all the same file.
/// `file://server/x` is Windows' `\\server\x`, and no file of this machine elsewhere.
fn path_bytes(uri: &str, windows: bool) -> Option<Vec<u8>> {
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest
        .split(['?', '#'])
        .next()
        .filter(|_| scheme.eq_ignore_ascii_case("file"))?;
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let mut path: Vec<u8> = percent_decode_str(path).collect();
    let is_local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    if path.contains(&0) || !path.starts_with(b"/") || !(is_local || windows) {
        return None;
    }
    if windows {
        if !is_local {
            let host: Vec<u8> = percent_decode_str(host).collect();
            let host = host.to_ascii_lowercase();
            path = [b"//", host.as_slice(), &path].concat();
        } else if path.len() > 2 && path[1].is_ascii_alphabetic() && path[2] == b':' {
            path.remove(0);
            path[0].make_ascii_uppercase();
        }
        path.iter_mut()
            .filter(|it| **it == b'/')
            .for_each(|it| *it = b'\\');
    }
    Some(path)
}

#[cfg(unix)]
fn to_path(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn to_path(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str, windows: bool) -> Option<String> {
        path_bytes(uri, windows).map(|it| String::from_utf8(it).expect("these are UTF-8"))
    }

    #[test]
    fn addresses_are_decoded() {
        let check = |uri: &str, expect: &str| assert_eq!(path(uri, false).as_deref(), Some(expect));
        check("file:///w/shop/a.sql", "/w/shop/a.sql");
        check(
            "file:///w/my%20shop/%5Bx%5D/%23/caf%C3%A9.sql",
            "/w/my shop/[x]/#/café.sql",
        );
        check("file://localhost/w/a.sql", "/w/a.sql");
        check("file:/w/a.sql", "/w/a.sql");
        check("FILE:///w/100%25.sql", "/w/100%.sql");
        check("file:///c%3A/x", "/c:/x");
    }

    #[test]
    fn drive_letters_are_one_and_shares_are_found() {
        let check = |uri: &str, expect: &str| assert_eq!(path(uri, true).as_deref(), Some(expect));
        check("file:///c%3A/Users/x/a.sql", r"C:\Users\x\a.sql");
        check("file:///c:/Users/x/a.sql", r"C:\Users\x\a.sql");
        check("file:///C%3a/Users/x/a.sql", r"C:\Users\x\a.sql");
        check(
            "file://server/share/my%20shop/a.sql",
            r"\\server\share\my shop\a.sql",
        );
        check("file://SERVER/Share/a.sql", r"\\server\Share\a.sql");
        check("file:///D%3A/w/%5Bx%5D/caf%C3%A9.sql", r"D:\w\[x]\café.sql");
        check("file:///c:", r"C:");
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "git:/w/a.sql?ref",
            "https://x/a.sql",
            "file:",
            "file://",
        ] {
            assert_eq!(path(uri, false), None, "{uri}");
        }
        assert_eq!(path("file://server/share/a.sql", false), None);
        assert_eq!(path("file:///a%00b", false), None);
    }
}
