; Inno Setup 6 script for the till on Windows. UNTESTED: no Windows machine was at hand; the folder dist\tresen must have
; been made with PyInstaller on Windows first (python run.py package --no-try).
#define Name "Tresen"
#define Version "0.1.0"

[Setup]
AppId={{7B0E8D0E-3A50-4B57-9B7D-8F4E3B7C2D11}
AppName={#Name}
AppVersion={#Version}
DefaultDirName={autopf}\Tresen
DefaultGroupName=Tresen
OutputBaseFilename=tresen-{#Version}-setup
ArchitecturesInstallIn64BitMode=x64compatible
Compression=lzma2
SolidCompression=yes
LicenseFile=..\..\LICENSE
PrivilegesRequired=admin

[Languages]
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[Files]
Source: "..\..\dist\tresen\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "..\..\LICENSE"; DestDir: "{app}"
Source: "..\..\THIRD-PARTY-NOTICES.md"; DestDir: "{app}"

[Dirs]
Name: "{commonappdata}\Tresen"; Permissions: users-modify

[Icons]
Name: "{group}\Tresen"; Filename: "{app}\tresen.exe"; Parameters: "till --data ""{commonappdata}\Tresen\till"""
Name: "{commonstartup}\Tresen"; Filename: "{app}\tresen.exe"; Parameters: "till --data ""{commonappdata}\Tresen\till"""; Tasks: autostart

[Tasks]
Name: autostart; Description: "{cm:AutoStartProgram,{#Name}}"
