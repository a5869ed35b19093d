; Script of Inno Setup 6.3 or later: the installer for Windows from the folder that scripts\bundle made there, which
; prints this command filled in.
;
;   iscc /DVersion=0.1.0 /DLabel=small "/DName=Fieldfare" build\windows\fieldfare.iss
;
; Signed: add "/Ssigned=signtool sign /fd sha256 /a $f" /DSigned.
; Silent: fieldfare-0.1.0-small-windows.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /LOG=C:\fieldfare-install.log
; For one user without rights: add /CURRENTUSER. Uninstall silently: unins000.exe /VERYSILENT /SUPPRESSMSGBOXES
; Exit codes are Inno Setup's: 0 done, 1 could not start, 2 and 5 cancelled, 3 and 4 fatal, 7 cannot be prepared (see the log).
; The user's data (%LOCALAPPDATA%\fieldfare) and IT's (%PROGRAMDATA%\Fieldfare) stay.

#ifndef Version
  #define Version "0.0.0"
#endif
#ifndef Source
  #define Source "..\..\dist\fieldfare"
#endif
#ifndef Label
  #define Label "small"
#endif
#ifndef Name
  #define Name "Fieldfare"
#endif

[Setup]
AppId={{6B4D7C1E-3B0C-4E5B-9C62-0F2B1A7F4E11}
AppName={#Name}
AppVersion={#Version}
DefaultDirName={autopf}\Fieldfare
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
OutputDir=..\..\dist
OutputBaseFilename=fieldfare-{#Version}-{#Label}-windows
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
PrivilegesRequired=admin
PrivilegesRequiredOverridesAllowed=commandline dialog
MinVersion=10.0.17763
Compression=lzma2/normal
SolidCompression=yes
CloseApplications=force
RestartApplications=no
UninstallDisplayName={#Name}
UninstallDisplayIcon={app}\fieldfare.exe
#ifdef Signed
SignTool=signed
SignedUninstaller=yes
#endif
TimeStampsInUTC=yes
TimeStampRounding=0
TouchDate=2024-01-01
TouchTime=00:00

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion touch

[InstallDelete]
; An upgrade leaves nothing of the version before: its libraries would be loaded in place of the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\fieldfare.exe"; WorkingDir: "{autodocs}"

[Registry]
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\fieldfare.exe"; ValueType: string; ValueData: "{app}\fieldfare.exe"; Flags: uninsdeletekey

[Run]
; Windows has no seccomp: the firewall refuses this program the network in both directions.
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""Fieldfare offline"""; Flags: runhidden; Check: IsAdminInstallMode
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Fieldfare offline"" dir=out action=block program=""{app}\fieldfare.exe"" enable=yes profile=any"; Flags: runhidden; Check: IsAdminInstallMode
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Fieldfare offline"" dir=in action=block program=""{app}\fieldfare.exe"" enable=yes profile=any"; Flags: runhidden; Check: IsAdminInstallMode

[UninstallRun]
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""Fieldfare offline"""; Flags: runhidden; RunOnceId: "FirewallRule"; Check: IsAdminInstallMode
