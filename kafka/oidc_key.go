package kafka

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
)

// parseSigningKey reads the first private key of a PEM text and checks that it
// fits the algorithm. Its errors hold nothing of the key.
func parseSigningKey(text []byte, passphrase, algorithm string) (crypto.Signer, error) {
	key, err := parsePrivateKey(text, passphrase)
	if err != nil {
		return nil, err
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if algorithm == "RS256" {
			return k, nil
		}
		return nil, fmt.Errorf("an RSA key cannot sign with %s: use an EC key of the curve P-256, or RS256", algorithm)
	case *ecdsa.PrivateKey:
		if algorithm == "ES256" && k.Curve == elliptic.P256() {
			return k, nil
		}
		return nil, fmt.Errorf("an EC key of the curve %s cannot sign with %s: ES256 needs P-256, RS256 an RSA key", k.Params().Name, algorithm)
	default:
		return nil, fmt.Errorf("the key is neither RSA nor EC, which %s needs", algorithm)
	}
}

// convert is the way out for keys in forms that only OpenSSL reads.
const convert = "convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW"

func parsePrivateKey(text []byte, passphrase string) (any, error) {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, errors.New("no private key in PEM format")
		}
		text = rest
		var key any
		var err error
		switch block.Type {
		case "RSA PRIVATE KEY", "EC PRIVATE KEY":
			switch {
			case block.Headers["DEK-Info"] != "":
				return nil, errors.New("the key is encrypted in the old way of OpenSSL: " + convert)
			case block.Type == "RSA PRIVATE KEY":
				key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
			default:
				key, err = x509.ParseECPrivateKey(block.Bytes)
			}
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "ENCRYPTED PRIVATE KEY":
			var plain []byte
			if plain, err = decryptPKCS8(block.Bytes, passphrase); err != nil {
				return nil, err
			}
			if key, err = x509.ParsePKCS8PrivateKey(plain); err != nil {
				err = errWrongPassphrase
			}
		default:
			continue // parameters or certificates may stand before it
		}
		if err != nil && !errors.Is(err, errWrongPassphrase) {
			err = errors.New("the private key cannot be read: is it damaged?")
		}
		return key, err
	}
}

var errWrongPassphrase = errors.New("the private key cannot be decrypted: is " + oidcPassphrase + " right?")

// sign returns the signature of a JWS (RFC 7518, sections 3.3 and 3.4).
func sign(key crypto.Signer, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return key.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	r, s, err := ecdsa.Sign(rand.Reader, ec, digest[:])
	if err != nil {
		return nil, err
	}
	// The two numbers side by side; OpenSSL's form is for certificates.
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out, nil
}

// The forms of PKCS #8 and PKCS #5 (RFC 5958, RFC 8018).
type encryptedKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2Params struct {
	KDF, Cipher pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}

	// The hashes of PBKDF2 by their HMACs.
	pbkdf2Hashes = map[string]func() hash.Hash{
		"1.2.840.113549.2.9":  sha256.New,
		"1.2.840.113549.2.10": sha512.New384,
		"1.2.840.113549.2.11": sha512.New,
	}
	// The lengths of the keys of AES in CBC mode.
	aesKeyLengths = map[string]int{
		"2.16.840.1.101.3.4.1.2":  16,
		"2.16.840.1.101.3.4.1.22": 24,
		"2.16.840.1.101.3.4.1.42": 32,
	}
)

// maxIterations keeps a damaged key from taking for ever.
const maxIterations = 10_000_000

// decryptPKCS8 decrypts what OpenSSL writes by default: AES with a key that
// PBKDF2 makes of the passphrase.
func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	if passphrase == "" {
		return nil, errors.New("the private key is encrypted: set " + oidcPassphrase)
	}
	var info encryptedKeyInfo
	var params pbes2Params
	var kdf pbkdf2Params
	var iv []byte
	unsupported := errors.New("the private key is encrypted in a way that is not supported (PBKDF2 with SHA-2 and AES-CBC is): " + convert)
	_, err := asn1.Unmarshal(der, &info)
	if err != nil {
		return nil, errors.New("the private key cannot be read: is it damaged?")
	}
	if !info.Algorithm.Algorithm.Equal(oidPBES2) || unmarshalAll(info.Algorithm.Parameters.FullBytes, &params) != nil ||
		!params.KDF.Algorithm.Equal(oidPBKDF2) || unmarshalAll(params.KDF.Parameters.FullBytes, &kdf) != nil ||
		unmarshalAll(params.Cipher.Parameters.FullBytes, &iv) != nil || len(iv) != aes.BlockSize {
		return nil, unsupported
	}
	h, length := pbkdf2Hashes[kdf.PRF.Algorithm.String()], aesKeyLengths[params.Cipher.Algorithm.String()]
	if h == nil || length == 0 || kdf.Iterations < 1 || kdf.Iterations > maxIterations {
		return nil, unsupported
	}
	key, err := pbkdf2.Key(h, passphrase, kdf.Salt, kdf.Iterations, length)
	if err != nil {
		return nil, fmt.Errorf("the private key cannot be decrypted: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the private key cannot be decrypted: %w", err)
	}
	if len(info.Data) == 0 || len(info.Data)%aes.BlockSize != 0 {
		return nil, errWrongPassphrase
	}
	plain := make([]byte, len(info.Data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, info.Data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, errWrongPassphrase
	}
	return plain[:len(plain)-pad], nil
}

// unmarshalAll is asn1.Unmarshal that wants all of the bytes used.
func unmarshalAll(der []byte, v any) error {
	rest, err := asn1.Unmarshal(der, v)
	if err == nil && len(rest) > 0 {
		err = errors.New("trailing bytes")
	}
	return err
}
