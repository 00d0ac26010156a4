"""Apple's push service knows us by the certificate of our passes."""

import ssl

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from testing.wallets import apple_settings
from wallets.apple import push
from wallets.keys import apple_keys


@pytest.mark.usefixtures("apple")
def test_the_connection_shows_the_certificate_and_checks_apples(tmp_path):
    keys = apple_keys()
    ours = push._identify(keys)
    assert (ours.verify_mode, ours.check_hostname) == (ssl.CERT_REQUIRED, True)

    # A server that asks for a certificate, without a network: what one side writes, the other reads.
    given = apple_settings()
    (tmp_path / "server.pem").write_text(given["APPLE_WALLET_KEY"] + given["APPLE_WALLET_CERTIFICATE"])
    (tmp_path / "authority.pem").write_text(given["APPLE_WALLET_WWDR_CERTIFICATE"])
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "authority.pem"))
    theirs.load_cert_chain(tmp_path / "server.pem")
    theirs.verify_mode = ssl.CERT_REQUIRED
    ours.check_hostname = False
    ours.load_verify_locations(tmp_path / "authority.pem")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(to_client, to_server)
    server = theirs.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    for _turn in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
    assert not waiting
    assert server.getpeercert(binary_form=True) == keys.certificate.public_bytes(Encoding.DER)
