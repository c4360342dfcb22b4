//! A tab before it leads or follows: an encrypted workspace is unlocked by each tab for itself, whoever leads already.

use crate::tab::{Role, Tab, post};
use crate::vault::{self, Unlocked};
use crate::{heads, wire};
use ::vault::KeyFile;
use protocol::{
    Fault, FaultCode, FromWorker, Hello, Reply, Request, RequestId, ToWorker, VaultJob, VaultReply,
    VaultSecret, VaultView,
};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

impl Tab {
    /// Goes in if there is no lock or the key was given with the first message; else waits for it.
    pub(crate) async fn enter(self: Rc<Self>, hello: Hello) {
        let files = match vault::look(&hello.workspace).await {
            Ok(files) => files,
            Err(fault) => {
                // Whoever leads can put a backup in its place.
                *self.trouble.borrow_mut() = Some(fault);
                return self.compete(hello).await;
            }
        };
        let opened = match (&hello.passphrase, files.is_empty()) {
            (None, true) => return self.compete(hello).await,
            (None, false) => return self.wait_at_the_door(hello),
            (Some(passphrase), true) => found(&hello.workspace, passphrase).await,
            (Some(passphrase), false) => open(&hello.workspace, &files, passphrase).await,
        };
        match opened {
            Ok(unlocked) => self.go_in(unlocked, hello).await,
            Err(fault) => self.fail(fault),
        }
    }

    fn wait_at_the_door(&self, hello: Hello) {
        *self.role.borrow_mut() = Role::Locked(hello);
        let fault = Fault::new(FaultCode::Locked);
        post(&FromWorker::Failed { fault }, None);
    }

    async fn go_in(self: Rc<Self>, unlocked: Unlocked, mut hello: Hello) {
        // Not kept longer than it is needed.
        hello.passphrase = None;
        *self.unlocked.borrow_mut() = Some(Rc::new(unlocked));
        *self.role.borrow_mut() = Role::Waiting;
        self.compete(hello).await;
    }

    /// What can be asked of a locked workspace: how long to wait, and to be let in. All else waits until it is open.
    pub(crate) fn at_the_door(&self, id: RequestId, message: JsValue, hello: Hello) {
        let asked = match wire::read::<ToWorker>(message) {
            Ok(ToWorker::Ask {
                request: Request::Vault(asked),
                ..
            }) => asked,
            _ => return,
        };
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            match asked {
                VaultJob::Unlock { secret } => me.knock(id, secret, hello).await,
                _ => {
                    let view = VaultView {
                        possible: true,
                        on: true,
                        wait: vault::wait(&hello.workspace).await,
                        ..VaultView::default()
                    };
                    me.reply(id, VaultReply::State(view));
                }
            }
        });
    }

    async fn knock(self: Rc<Self>, id: RequestId, secret: VaultSecret, hello: Hello) {
        let opened = match vault::look(&hello.workspace).await {
            Ok(files) => vault::unlock(&hello.workspace, &files, &secret).await,
            Err(fault) => Err(fault),
        };
        match opened {
            Ok(unlocked) => {
                self.reply(id, VaultReply::Done);
                self.go_in(unlocked, hello).await;
            }
            Err(fault) => self.answer_here(&id, fault),
        }
    }

    fn reply(&self, id: RequestId, reply: VaultReply) {
        let result = Ok(Reply::Vault(reply));
        let answer = FromWorker::Answer { id, result };
        self.deliver(&crate::desk::Origin::Here, &answer, None);
    }

    /// Once this tab leads: whether the lock is still as it was when it went in, and both copies of the key file alike.
    ///
    /// # Errors
    /// `Locked` when it was locked meanwhile; what reading the key file says.
    pub(crate) async fn check_the_door(
        &self,
        hello: &Hello,
        unlocked: Option<&Unlocked>,
    ) -> Result<(), Fault> {
        let files = vault::look(&hello.workspace).await?;
        match unlocked {
            None if files.is_empty() => Ok(()),
            Some(unlocked) if !files.is_empty() => {
                let file = unlocked.file.borrow().clone();
                vault::heal(&hello.workspace, &file).await
            }
            None | Some(_) => {
                // Turned on or off by a tab that this one did not hear.
                self.lock_all();
                Err(Fault::new(FaultCode::Locked))
            }
        }
    }
}

async fn open(workspace: &str, files: &[KeyFile], passphrase: &str) -> Result<Unlocked, Fault> {
    let secret = VaultSecret::Passphrase(passphrase.to_owned());
    vault::unlock(workspace, files, &secret).await
}

/// A new workspace is made an encrypted one. One that is there already stays as it is: whoever wants it encrypted is
/// told to turn that on, where a recovery key is shown.
async fn found(workspace: &str, passphrase: &str) -> Result<Unlocked, Fault> {
    if passphrase.is_empty() || heads::any(workspace).await {
        return Err(Fault::new(FaultCode::Invalid)
            .at("passphrase")
            .expected(match passphrase {
                "" => "a passphrase",
                _ => "none: this workspace is not encrypted; turn it on in its settings",
            }));
    }
    vault::found(workspace, passphrase).await
}
