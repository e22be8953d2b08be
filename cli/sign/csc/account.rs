//! Who asks a signing service: a TOML file that only its owner can read.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::sign::secret::{Secrets, What, first_line};
use crate::words::{Said, said};

/// What the file says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Account {
    /// Where the service is.
    pub(super) url: Option<String>,
    /// The key.
    pub(super) credential: Option<String>,
    /// 1 or 2; else what the service says of itself.
    pub(super) version: Option<u8>,
    /// Whose keys are listed, where the account is an office's and not a person's.
    pub(super) user: Option<String>,
    /// Certificates (PEM) the service is held against instead of the system's.
    pub(super) roots: Option<PathBuf>,
    pub(super) login: Login,
    #[serde(skip)]
    folder: PathBuf,
}

/// How the service comes to know who asks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Login {
    pub(super) kind: Kind,
    /// Where to, when the service does not say or it is another host.
    pub(super) address: Option<String>,
    pub(super) client_id: Option<String>,
    client_secret: Option<Zeroizing<String>>,
    client_secret_file: Option<PathBuf>,
    pub(super) user: Option<String>,
    password: Option<Zeroizing<String>>,
    password_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    pub(super) profile: Option<String>,
}

/// Kinds of login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// None: the network says who asks.
    #[default]
    None,
    /// OAuth 2.0, client credentials (RFC 6749, 4.4).
    Client,
    /// OAuth 2.0, the user's password (RFC 6749, 4.3).
    Password,
    /// `auth/login` with HTTP Basic.
    Basic,
    /// A login of its own that services on ADSS RAS have before CSC: client, secret, profile, user.
    Ras,
    /// A token that somebody fetched with a browser.
    Token,
}

impl Account {
    /// # Errors
    /// When it cannot be read, says what is not known, or others may read it.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let named = || path.display().to_string();
        let mode = std::fs::metadata(path).with_context(named)?.mode();
        let text = Zeroizing::new(std::fs::read_to_string(path).with_context(named)?);
        let mut account: Self = toml::from_str(&text).map_err(|error| {
            // The message of the parser shows the line, which may hold a secret.
            let at = error.span().map_or(0, |span| {
                text.get(..span.start)
                    .map_or(0, |before| before.matches('\n').count() + 1)
            });
            Said(said!(
                "tệp tài khoản {} sai ở dòng {}",
                "the account file {} is wrong at line {}",
                path.display(),
                at
            ))
        })?;
        let login = &account.login;
        let has_secret = login.client_secret.is_some() || login.password.is_some();
        if has_secret && mode & 0o077 != 0 {
            return Err(Said(said!(
                "tệp {} chứa bí mật mà người khác đọc được; chạy: chmod 600 {}",
                "{} holds a secret and others may read it; run: chmod 600 {}",
                path.display(),
                path.display()
            ))
            .into());
        }
        account.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        account.roots = account.roots.map(|roots| account.folder.join(roots));
        Ok(account)
    }

    /// The client's secret.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(super) fn client_secret(&self) -> anyhow::Result<Zeroizing<String>> {
        self.of(&self.login.client_secret, &self.login.client_secret_file)
            .unwrap_or_else(|| Ok(Zeroizing::default()))
    }

    /// The user's password, asked for where the file does not say.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn password(&self, secrets: &Secrets) -> anyhow::Result<Zeroizing<String>> {
        self.of(&self.login.password, &self.login.password_file)
            .unwrap_or_else(|| {
                let user = self.login.user.as_deref().unwrap_or_default();
                let what = secrets.ui.say(
                    "Mật khẩu tài khoản ký số từ xa",
                    "Password of the signing account",
                );
                secrets.asked(What::Password, &format!("{what} {user}: "))
            })
    }

    /// The token that somebody fetched.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn token(&self) -> anyhow::Result<Zeroizing<String>> {
        self.of(&None, &self.login.token_file).unwrap_or_else(|| {
            Err(Said(said!(
                "thiếu token_file trong tệp tài khoản",
                "the account lacks token_file"
            ))
            .into())
        })
    }

    fn of(
        &self,
        value: &Option<Zeroizing<String>>,
        file: &Option<PathBuf>,
    ) -> Option<anyhow::Result<Zeroizing<String>>> {
        match (value, file) {
            (Some(value), _) => Some(Ok(value.clone())),
            (None, Some(file)) => Some(first_line(&self.folder.join(file))),
            (None, None) => None,
        }
    }
}
